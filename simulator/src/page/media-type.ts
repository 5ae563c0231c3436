const signatures: readonly (readonly [string, RegExp])[] = [
  ["image/png", /^\x89PNG\r\n\x1a\n/],
  ["image/jpeg", /^\xff\xd8\xff/],
  ["image/gif", /^GIF8[79]a/],
  ["image/webp", /^RIFF[^]{4}WEBP/],
  ["audio/ogg", /^OggS/],
  ["audio/mpeg", /^(ID3|\xff[\xfb\xf3\xf2])/],
  ["audio/wav", /^RIFF[^]{4}WAVE/],
  ["video/mp4", /^[^]{4}ftyp/],
  ["video/webm", /^\x1a\x45\xdf\xa3/],
]

/**
 * Returns the media type that the first bytes of a file show; `undefined` for types that a browser
 * might execute and for unknown ones, which are only offered as downloads.
 */
export function mediaType(bytes: Buffer): string | undefined {
  const beginning = bytes.toString("latin1", 0, 16)
  return signatures.find(([, signature]) => signature.test(beginning))?.[0]
}
