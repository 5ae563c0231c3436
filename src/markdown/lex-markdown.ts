import { Lexer, type Token } from "marked"

/**
 * The longest piece of a paragraph that is read at once, in UTF-16 code units. The lexer's time grows with the
 * square of the length of a paragraph.
 */
const longestPiece = 4_000

/** Returns the tokens of a Markdown text, including the tokens of its paragraphs. */
export function lexMarkdown(markdown: string): readonly Token[] {
  const lexer = new Lexer({ gfm: true })
  lexer.blockTokens(markdown.replaceAll(/\r\n?/g, "\n"), lexer.tokens)
  for (const { src, tokens } of lexer.inlineQueue) {
    for (const piece of piecesOf(src)) lexer.inlineTokens(piece, tokens)
  }
  return lexer.tokens
}

/** Returns a paragraph in pieces, cut at spaces where there are any. */
function piecesOf(paragraph: string): string[] {
  const pieces: string[] = []
  let start = 0
  while (paragraph.length - start > longestPiece) {
    const space = paragraph.lastIndexOf(" ", start + longestPiece)
    const end = space > start ? space : start + longestPiece
    pieces.push(paragraph.slice(start, end))
    start = end
  }
  pieces.push(paragraph.slice(start))
  return pieces
}
