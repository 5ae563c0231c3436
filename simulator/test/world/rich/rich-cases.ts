/** A text in the style of Telegram's documentation, with the blocks of its message. */
export type RichCase = readonly [source: string, blocks: readonly object[]]

const paragraph = (...text: unknown[]) => ({
  type: "paragraph",
  text: text.length === 1 ? text[0] : text,
})
const style = (type: string, text: unknown) => ({ type, text })
const cell = (text: unknown, more: object = {}) => ({
  ...{ text, align: "left", valign: "top" },
  ...more,
})
const item = (label: string, text: string, more: object = {}) => ({
  ...{ label, blocks: [paragraph(text)] },
  ...more,
})

/** Texts in HTML. */
export const htmlCases: readonly RichCase[] = [
  ["<b>a</b>, <strong>b</strong>", [paragraph(style("bold", "a"), ", ", style("bold", "b"))]],
  ["<i>a <u>b</u></i>", [paragraph(style("italic", ["a ", style("underline", "b")]))]],
  ["<s>a</s><del>b</del>", [paragraph(style("strikethrough", "a"), style("strikethrough", "b"))]],
  ["<code>@ada</code>", [paragraph(style("code", "@ada"))]],
  ["<mark>a</mark><sub>b</sub>", [paragraph(style("marked", "a"), style("subscript", "b"))]],
  ["<sup>a</sup>", [paragraph(style("superscript", "a"))]],
  ["<tg-spoiler>a</tg-spoiler>", [paragraph(style("spoiler", "a"))]],
  ["one\n  two<br/>three", [paragraph("one two\nthree")]],
  ["&lt;&hellip;&#33;&apos;", [paragraph("<…!'")]],
  ["<p>a</p> <p>b</p>", [paragraph("a"), paragraph("b")]],
  ['<a href="https://t.me/">a</a>', [paragraph({ type: "url", text: "a", url: "https://t.me/" })]],
  [
    '<a href="mailto:a@b.co">a</a>',
    [paragraph({ type: "email_address", text: "a", email_address: "a@b.co" })],
  ],
  [
    '<a href="tel:+123456789">a</a>',
    [paragraph({ type: "phone_number", text: "a", phone_number: "+123456789" })],
  ],
  ['<a name="top"></a>', [{ type: "anchor", name: "top" }]],
  [
    'a<a name="b"></a><a href="#b">c</a>',
    [
      paragraph(
        "a",
        { type: "anchor", name: "b" },
        { type: "anchor_link", text: "c", anchor_name: "b" },
      ),
    ],
  ],
  [
    '<tg-reference name="n">a</tg-reference> <a href="#n">b</a>',
    [
      paragraph({ type: "reference", text: "a", name: "n" }, " ", {
        ...{ type: "reference_link", text: "b", reference_name: "n" },
      }),
    ],
  ],
  [
    '<tg-emoji emoji-id="5">👍</tg-emoji><img src="tg://emoji?id=5" alt="👍"/>',
    [
      paragraph(
        { type: "custom_emoji", custom_emoji_id: "5", alternative_text: "👍" },
        { type: "custom_emoji", custom_emoji_id: "5", alternative_text: "👍" },
      ),
    ],
  ],
  [
    '<tg-time unix="1647531900" format="wDT">soon</tg-time>',
    [
      paragraph({
        ...{ type: "date_time", text: "soon", unix_time: 1_647_531_900, date_time_format: "wDT" },
      }),
    ],
  ],
  ["<tg-math>x^2</tg-math>", [paragraph({ type: "mathematical_expression", expression: "x^2" })]],
  [
    "#a $USD t.me a@t.me /go @ada_l",
    [
      paragraph(
        { type: "hashtag", text: "#a", hashtag: "#a" },
        " ",
        { type: "cashtag", text: "$USD", cashtag: "$USD" },
        " ",
        { type: "url", text: "t.me", url: "http://t.me" },
        " ",
        { type: "email_address", text: "a@t.me", email_address: "a@t.me" },
        " ",
        { type: "bot_command", text: "/go", bot_command: "/go" },
        " ",
        { type: "mention", text: "@ada_l", username: "ada_l" },
      ),
    ],
  ],
  [
    "<h1>a</h1><h6>b</h6>",
    [
      { type: "heading", text: "a", size: 1 },
      { type: "heading", text: "b", size: 6 },
    ],
  ],
  ["<pre>a\n  b</pre>", [{ type: "pre", text: "a\n  b" }]],
  [
    '<pre><code class="language-python">1</code></pre>',
    [{ type: "pre", text: "1", language: "python" }],
  ],
  ["<footer>a</footer><hr/>", [{ type: "footer", text: "a" }, { type: "divider" }]],
  ["<tg-math-block>E</tg-math-block>", [{ type: "mathematical_expression", expression: "E" }]],
  ["<ul><li>a</li>\n<li>b</li></ul>", [{ type: "list", items: [item("•", "a"), item("•", "b")] }]],
  [
    '<ol start="3" type="a" reversed><li>x</li><li>y</li></ol>',
    [
      {
        type: "list",
        items: [item("c.", "x", { value: 3, type: "a" }), item("b.", "y", { value: 2, type: "a" })],
      },
    ],
  ],
  [
    '<ol><li value="7" type="i">x</li><li>y</li></ol>',
    [
      {
        type: "list",
        items: [
          item("vii.", "x", { value: 7, type: "i" }),
          item("8.", "y", { value: 8, type: "1" }),
        ],
      },
    ],
  ],
  [
    '<ul><li><input type="checkbox" checked>a</li><li><input type="checkbox">b</li></ul>',
    [
      {
        type: "list",
        items: [
          item("•", "a", { has_checkbox: true, is_checked: true }),
          item("•", "b", { has_checkbox: true }),
        ],
      },
    ],
  ],
  [
    "<blockquote>a<cite>Ada</cite></blockquote>",
    [{ type: "blockquote", blocks: [paragraph("a")], credit: "Ada" }],
  ],
  ["<blockquote expandable>a<br>b</blockquote>", [{ type: "expandable_blockquote", text: "a\nb" }]],
  ["<aside>a<cite>Ada</cite></aside>", [{ type: "pullquote", text: "a", credit: "Ada" }]],
  [
    "<details open><summary>a</summary>b</details>",
    [{ type: "details", summary: "a", blocks: [paragraph("b")], is_open: true }],
  ],
  [
    '<table bordered compact><caption>c</caption><tr><th>a</th></tr><tr><td colspan="2" align="right" valign="middle">b</td></tr></table>',
    [
      {
        ...{ type: "table", is_bordered: true, is_compact: true, caption: "c" },
        cells: [
          [cell("a", { is_header: true })],
          [cell("b", { colspan: 2, align: "right", valign: "middle" })],
        ],
      },
    ],
  ],
  [
    '<figure><tg-map lat="41.9" long="12.5" zoom="14"/><figcaption>a<cite>b</cite></figcaption></figure>',
    [
      {
        ...{ type: "map", location: { latitude: 41.9, longitude: 12.5 }, zoom: 14 },
        ...{ width: 600, height: 300, caption: { text: "a", credit: "b" } },
      },
    ],
  ],
  [
    '<tg-button-row align="left"><tg-button type="callback_data" style="link" data="x">a</tg-button></tg-button-row>',
    [
      {
        ...{ type: "buttons", align: "left" },
        buttons: [{ text: "a", style: "link", callback_data: "x" }],
      },
    ],
  ],
  [
    '<p>Go: <tg-button type="url" url="https://t.me">a</tg-button></p>',
    [paragraph("Go: ", { type: "button", button: { text: "a", url: "https://t.me" } })],
  ],
]

/** Texts in Markdown. */
export const markdownCases: readonly RichCase[] = [
  ["**a** __b__", [paragraph(style("bold", "a"), " ", style("bold", "b"))]],
  [
    "*a* _b_ ~~c~~",
    [paragraph(style("italic", "a"), " ", style("italic", "b"), " ", style("strikethrough", "c"))],
  ],
  [
    "`a` ==b== ||c||",
    [paragraph(style("code", "a"), " ", style("marked", "b"), " ", style("spoiler", "c"))],
  ],
  [
    "**a _b <u>c</u>_**",
    [paragraph(style("bold", ["a ", style("italic", ["b ", style("underline", "c")])]))],
  ],
  ["<u>**a**</u> < b & c", [paragraph(style("underline", style("bold", "a")), " < b & c")]],
  ["one\ntwo", [paragraph("one two")]],
  ["[a](https://t.me/)", [paragraph({ type: "url", text: "a", url: "https://t.me/" })]],
  [
    "![👍](tg://emoji?id=5) ![soon](tg://time?unix=1647531900&format=wDT)",
    [
      paragraph({ type: "custom_emoji", custom_emoji_id: "5", alternative_text: "👍" }, " ", {
        ...{ type: "date_time", text: "soon", unix_time: 1_647_531_900, date_time_format: "wDT" },
      }),
    ],
  ],
  [
    "$x^2$ and $USD",
    [
      paragraph({ type: "mathematical_expression", expression: "x^2" }, " and ", {
        ...{ type: "cashtag", text: "$USD", cashtag: "$USD" },
      }),
    ],
  ],
  ["https://t.me", [paragraph({ type: "url", text: "https://t.me", url: "https://t.me" })]],
  [
    "# a\n### b",
    [
      { type: "heading", text: "a", size: 1 },
      { type: "heading", text: "b", size: 3 },
    ],
  ],
  ["```python\n  <1>\n```", [{ type: "pre", text: "  <1>", language: "python" }]],
  ["---", [{ type: "divider" }]],
  ["- a\n- b", [{ type: "list", items: [item("•", "a"), item("•", "b")] }]],
  [
    "1. a\n2. b",
    [
      {
        type: "list",
        items: [item("1.", "a", { value: 1, type: "1" }), item("2.", "b", { value: 2, type: "1" })],
      },
    ],
  ],
  [
    "- [ ] a\n- [x] b",
    [
      {
        type: "list",
        items: [
          item("•", "a", { has_checkbox: true }),
          item("•", "b", { has_checkbox: true, is_checked: true }),
        ],
      },
    ],
  ],
  [">a\n>\n>b", [{ type: "blockquote", blocks: [paragraph("a"), paragraph("b")] }]],
  [
    "| a | b |\n|:--|:-:|\n| c | **d** |",
    [
      {
        type: "table",
        cells: [
          [cell("a", { is_header: true }), cell("b", { is_header: true, align: "center" })],
          [cell("c"), cell(style("bold", "d"), { align: "center" })],
        ],
      },
    ],
  ],
  [
    "a[^n]\n\n[^n]: _b_",
    [
      paragraph("a", { type: "reference_link", text: "[n]", reference_name: "n" }),
      paragraph({ type: "reference", text: style("italic", "b"), name: "n" }),
    ],
  ],
  ["$$E = mc^2$$", [{ type: "mathematical_expression", expression: "E = mc^2" }]],
  ["```math\nE\n```", [{ type: "mathematical_expression", expression: "E" }]],
  [
    "<details open><summary>**a**</summary>\n\n### b\n- c\n\n</details>",
    [
      {
        ...{ type: "details", summary: "**a**", is_open: true },
        blocks: [
          { type: "heading", text: "b", size: 3 },
          { type: "list", items: [item("•", "c")] },
        ],
      },
    ],
  ],
]
