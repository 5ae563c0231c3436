const paths = {
  send: "M3 20.5 21.5 12 3 3.5 5.3 11l9 1-9 1z",
  attach:
    "M16.5 6v11a4 4 0 0 1-8 0V5.5a2.5 2.5 0 0 1 5 0V16a1 1 0 0 1-2 0V6H10v10a2.5 2.5 0 0 0 5 0V5.5a4 4 0 0 0-8 0V17a5.5 5.5 0 0 0 11 0V6z",
  plus: "M11 5h2v6h6v2h-6v6h-2v-6H5v-2h6z",
  close:
    "m6.4 5 5.6 5.6L17.6 5 19 6.4 13.4 12l5.6 5.6-1.4 1.4-5.6-5.6L6.4 19 5 17.6l5.6-5.6L5 6.4z",
  reply: "M10 9V5l-7 7 7 7v-4.1c5 0 8.500 1.600 11 5.100-1-5-4-10-11-11z",
  edit: "M4 17.200V20h2.800L17 9.800 14.200 7zM19.300 7.500a.9.9 0 0 0 0-1.200l-1.600-1.600a.9.9 0 0 0-1.200 0L15.200 6 18 8.800z",
  info: "M11 10h2v7h-2zm0-3h2v2h-2zM12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18m0 16.300a7.300 7.300 0 1 1 0-14.600 7.300 7.300 0 0 1 0 14.600",
  file: "M6 3h8l5 5v13H6zm7.500 1.500V9H18z",
  smile:
    "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18m0 16.300a7.300 7.300 0 1 1 0-14.600 7.300 7.300 0 0 1 0 14.600M8 9h2v2.500H8zm6 0h2v2.500h-2zm-6.500 4.500h9a4.500 4.500 0 0 1-9 0",
  leave:
    "M4 4h9v2H6v12h7v2H4zm11.500 3.500L20 12l-4.500 4.500-1.400-1.400 2.100-2.100H9v-2h7.200l-2.100-2.100z",
  pin: "M14.500 3 21 9.500l-1.700 1.700-1-.2-3.300 3.300.4 3.400-1.500 1.500-4-4L5.200 20 4 18.800l4.800-4.700-4-4 1.500-1.500 3.400.4 3.300-3.300-.2-1z",
  bin: "M6 8h12l-1 12.500H7zm3-4h6l1 1.500h3V7H5V5.500h3z",
  voice:
    "M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3M6 11h1.700a4.300 4.300 0 0 0 8.600 0H18a6 6 0 0 1-5.100 5.900V21h-1.800v-4.100A6 6 0 0 1 6 11",
  keyboard:
    "M3 6h18v12H3zm2 2v2h2V8zm3 0v2h2V8zm3 0v2h2V8zm3 0v2h2V8zm3 0v2h2V8zM5 11v2h2v-2zm3 0v2h2v-2zm3 0v2h2v-2zm3 0v2h2v-2zm3 0v2h2v-2zM8 14v2h8v-2z",
  wire: "M4 7h11.200l-3-3L13.600 2.600 19 8l-5.400 5.400-1.400-1.400 3-3H4zm16 10H8.800l3 3-1.400 1.400L5 16l5.400-5.400 1.400 1.400-3 3H20z",
  theme:
    "M12 3a9 9 0 1 0 9 9c0-.5 0-.9-.1-1.400A5.400 5.400 0 0 1 13.400 3.100C12.900 3 12.500 3 12 3",
  down: "m12 15.500-6-6L7.400 8l4.600 4.600L16.600 8 18 9.500z",
  back: "M15.500 5 8.500 12l7 7 1.500-1.500L11.500 12 17 6.500z",
} as const

/** The name of a drawing. */
export type IconName = keyof typeof paths

/** A drawing beside or instead of words; who cannot see it is told by the button's label. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
      <path d={paths[name]} fill="currentColor" fill-rule="evenodd" />
    </svg>
  )
}
