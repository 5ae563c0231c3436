import type { GivenCase, Group } from "./text-case.js"

const inside = (offset: number, byte: number, end?: number) => ({
  error:
    end === undefined
      ? `entity begins in a middle of a UTF-16 symbol at byte offset ${byte}`
      : `entity beginning at UTF-16 offset ${offset} ends in a middle of a UTF-16 symbol at byte offset ${byte}`,
})

/** Texts with entities that the bot gives. */
export const givenCases: readonly Group<GivenCase>[] = [
  {
    rule: "entities are sorted by their beginning, the longer first, then by kind",
    cases: [
      [
        "abc",
        [
          ["spoiler", 0, 3],
          ["strikethrough", 0, 3],
          ["underline", 0, 3],
          ["italic", 0, 3],
          ["bold", 0, 3],
        ],
        "abc",
        ...["bold 0 3", "italic 0 3", "underline 0 3", "strikethrough 0 3", "spoiler 0 3"],
      ],
      [
        "ab",
        [
          ["italic", 1, 1],
          ["bold", 0, 1],
        ],
        "ab",
        "bold 0 1",
        "italic 1 1",
      ],
      [
        "ab",
        [
          ["bold", 0, 1],
          ["italic", 0, 2],
        ],
        "ab",
        "italic 0 2",
        "bold 0 1",
      ],
      [
        "ab",
        [
          ["bold", 0, 2],
          ["text_link", 0, 2, "my.net"],
        ],
        "ab",
        "text_link 0 2 http://my.net/",
        "bold 0 2",
      ],
      [
        "ab",
        [
          ["bold", 0, 2],
          ["blockquote", 0, 2],
        ],
        "ab",
        "blockquote 0 2",
        "bold 0 2",
      ],
      [
        "🙂",
        [
          ["custom_emoji", 0, 2, "7"],
          ["bold", 0, 2],
        ],
        "🙂",
        "bold 0 2",
        "custom_emoji 0 2 7",
      ],
    ],
  },
  {
    rule: "formatting of one kind that touches is one",
    cases: [
      [
        "abc",
        [
          ["bold", 0, 1],
          ["bold", 1, 2],
        ],
        "abc",
        "bold 0 3",
      ],
      [
        "abc",
        [
          ["bold", 0, 2],
          ["bold", 1, 2],
        ],
        "abc",
        "bold 0 3",
      ],
      [
        "abc",
        [
          ["bold", 0, 3],
          ["bold", 1, 1],
        ],
        "abc",
        "bold 0 3",
      ],
      [
        "abc",
        [
          ["bold", 0, 1],
          ["bold", 2, 1],
        ],
        "abc",
        "bold 0 1",
        "bold 2 1",
      ],
      [
        "abc",
        [
          ["bold", 1, 1],
          ["bold", 1, 1],
        ],
        "abc",
        "bold 1 1",
      ],
      [
        "ab",
        [
          ["spoiler", 0, 1],
          ["spoiler", 1, 1],
          ["bold", 0, 1],
        ],
        "ab",
        "spoiler 0 2",
        "bold 0 1",
      ],
    ],
  },
  {
    rule: "formatting ends and begins again where another formatting begins",
    cases: [
      [
        "abc",
        [
          ["italic", 0, 2],
          ["bold", 1, 2],
        ],
        "abc",
        "italic 0 1",
        "bold 1 2",
        "italic 1 1",
      ],
      [
        "abc",
        [
          ["bold", 0, 2],
          ["italic", 1, 2],
        ],
        "abc",
        "bold 0 1",
        "italic 1 2",
        "bold 1 1",
      ],
      [
        "abc",
        [
          ["bold", 0, 3],
          ["italic", 1, 1],
        ],
        "abc",
        "bold 0 1",
        "bold 1 2",
        "italic 1 1",
      ],
      [
        "abc",
        [
          ["bold", 0, 3],
          ["italic", 0, 1],
        ],
        "abc",
        "bold 0 3",
        "italic 0 1",
      ],
      [
        "ab",
        [
          ["strikethrough", 0, 2],
          ["bold", 1, 1],
        ],
        "ab",
        "strikethrough 0 1",
        "bold 1 1",
        "strikethrough 1 1",
      ],
      [
        "abc",
        [
          ["bold", 0, 1],
          ["italic", 1, 1],
        ],
        "abc",
        "bold 0 1",
        "italic 1 1",
      ],
    ],
  },
  {
    rule: "there is no formatting in code",
    cases: [
      [
        "abc",
        [
          ["pre", 0, 3],
          ["bold", 1, 1],
        ],
        "abc",
        "pre 0 3",
      ],
      [
        "abc",
        [
          ["bold", 0, 3],
          ["code", 1, 1],
        ],
        "abc",
        "bold 0 1",
        "code 1 1",
        "bold 2 1",
      ],
      [
        "abc",
        [
          ["code", 1, 1],
          ["bold", 1, 2],
        ],
        "abc",
        "code 1 1",
        "bold 2 1",
      ],
      [
        "abc",
        [
          ["code", 1, 1],
          ["bold", 0, 2],
        ],
        "abc",
        "bold 0 1",
        "code 1 1",
      ],
      [
        "a",
        [
          ["spoiler", 0, 1],
          ["pre", 0, 1],
        ],
        "a",
        "pre 0 1",
      ],
      [
        "a",
        [
          ["code", 0, 1],
          ["pre", 0, 1],
        ],
        "a",
        "pre 0 1",
      ],
      ["my.net", [["code", 0, 6]], "my.net", "code 0 6"],
      ["@adam", [["pre", 0, 2]], "@adam", "pre 0 2"],
    ],
  },
  {
    rule: "of two other entities that overlap, the first is kept",
    cases: [
      [
        "abc",
        [
          ["text_link", 0, 2, "my.net"],
          ["text_link", 1, 2, "my.org"],
        ],
        "abc",
        "text_link 0 2 http://my.net/",
      ],
      [
        "abc",
        [
          ["text_link", 1, 2, "my.net"],
          ["text_link", 0, 2, "my.org"],
        ],
        "abc",
        "text_link 0 2 http://my.org/",
      ],
      [
        "abc",
        [
          ["text_link", 0, 3, "my.net"],
          ["code", 1, 1],
        ],
        "abc",
        "text_link 0 3 http://my.net/",
      ],
      [
        "abc",
        [
          ["code", 0, 3],
          ["text_link", 0, 3, "my.net"],
        ],
        "abc",
        "code 0 3",
      ],
      [
        "abc",
        [
          ["text_link", 0, 1, "my.net"],
          ["text_link", 1, 1, "my.net"],
        ],
        "abc",
        "text_link 0 1 http://my.net/",
        "text_link 1 1 http://my.net/",
      ],
    ],
  },
  {
    rule: "a quote holds others, never in part, and no quote",
    cases: [
      [
        "abc",
        [
          ["blockquote", 0, 3],
          ["pre", 1, 1],
        ],
        "abc",
        "blockquote 0 3",
        "pre 1 1",
      ],
      [
        "abc",
        [
          ["pre", 0, 3],
          ["blockquote", 1, 1],
        ],
        "abc",
        "blockquote 1 1",
      ],
      [
        "abc",
        [
          ["text_link", 0, 2, "my.net"],
          ["blockquote", 1, 2],
        ],
        "abc",
        "blockquote 1 2",
      ],
      [
        "abc",
        [
          ["blockquote", 0, 3],
          ["blockquote", 1, 1],
        ],
        "abc",
        "blockquote 0 3",
      ],
      [
        "abc",
        [
          ["blockquote", 0, 2],
          ["expandable_blockquote", 1, 2],
        ],
        "abc",
        "blockquote 0 2",
      ],
      [
        "abc",
        [
          ["blockquote", 1, 1],
          ["bold", 0, 3],
        ],
        "abc",
        "bold 0 1",
        "blockquote 1 1",
        "bold 1 1",
        "bold 2 1",
      ],
      ["my.net", [["blockquote", 0, 6]], "my.net", "blockquote 0 6", "url 0 6"],
      ["my.net", [["blockquote", 0, 3]], "my.net", "blockquote 0 3"],
    ],
  },
  {
    rule: "links in formatting are found, and cut it",
    cases: [
      ["my.net", [["bold", 0, 6]], "my.net", "url 0 6", "bold 0 6"],
      ["my.net", [["bold", 0, 2]], "my.net", "url 0 6", "bold 0 2"],
      ["my.net x", [["bold", 0, 8]], "my.net x", "url 0 6", "bold 0 6", "bold 6 2"],
      ["x my.net", [["bold", 0, 8]], "x my.net", "bold 0 2", "url 2 6", "bold 2 6"],
      [
        "@adam @bobby",
        [["italic", 0, 12]],
        "@adam @bobby",
        "mention 0 5",
        "italic 0 5",
        "italic 5 1",
        "mention 6 6",
        "italic 6 6",
      ],
      ["my.net", [["text_link", 0, 2, "my.org"]], "my.net", "text_link 0 2 http://my.org/"],
      ["/go", [["url", 0, 3]], "/go", "bot_command 0 3"],
    ],
  },
  {
    rule: "an entity lies in the text",
    cases: [
      ["abc", [["bold", -1, 1]], { error: "receive an entity with incorrect offset -1" }],
      ["abc", [["bold", 0, -1]], { error: "receive an entity with incorrect length -1" }],
      [
        "abc",
        [["bold", 9, 1]],
        { error: "entity begins after the end of the text at UTF-16 offset 9" },
      ],
      [
        "abc",
        [["bold", 2, 2]],
        {
          error:
            "entity beginning at UTF-16 offset 2 ends after the end of the text at UTF-16 offset 4",
        },
      ],
      ["abc", [["bold", 9, 0]], "abc"],
      ["abc", [["bold", 1, 0]], "abc"],
      ["abc", [["bold", 0, 3]], "abc", "bold 0 3"],
    ],
  },
  {
    rule: "an entity does not divide a surrogate pair",
    cases: [
      ["🙂 é🙂", [["bold", 0, 2]], "🙂 é🙂", "bold 0 2"],
      ["🙂 é🙂", [["bold", 0, 1]], inside(0, 0, 1)],
      ["🙂 é🙂", [["bold", 1, 1]], inside(1, 0)],
      ["🙂 é🙂", [["bold", 3, 2]], inside(3, 7, 5)],
      ["🙂 é🙂", [["bold", 5, 1]], inside(5, 7)],
    ],
  },
  {
    rule: "spaces at the ends of the text are removed, and formatting does not begin with them",
    cases: [
      ["  abc \n", [], "abc"],
      [" \n abc", [["bold", 3, 1]], "abc", "bold 0 1"],
      ["  abc  ", [["bold", 0, 7]], "abc", "bold 0 3"],
      ["  abc  ", [["pre", 0, 7]], "abc", "pre 0 3"],
      ["abc  ", [["bold", 3, 1]], "abc"],
      ["  my.net  ", [], "my.net", "url 0 6"],
      ["a b", [["bold", 1, 2]], "a b", "bold 2 1"],
      ["a b", [["bold", 0, 2]], "a b", "bold 0 2"],
      ["a b", [["bold", 1, 1]], "a b"],
      ["a b", [["text_link", 1, 1, "my.net"]], "a b", "text_link 1 1 http://my.net/"],
    ],
  },
  {
    rule: "control characters are spaces; carriage returns and line separators are removed",
    cases: [
      ["a\tb\u0001c\u000bd", [], "a b c d"],
      ["a\r\nb\r", [], "a\nb"],
      ["a\rb", [["bold", 1, 2]], "ab", "bold 1 1"],
      [
        "a\r\nb",
        [
          ["bold", 0, 3],
          ["italic", 3, 1],
        ],
        "a\nb",
        "bold 0 2",
        "italic 2 1",
      ],
      [
        "a\rb\rc",
        [
          ["bold", 0, 1],
          ["bold", 2, 1],
          ["bold", 4, 1],
        ],
        "abc",
        "bold 0 3",
      ],
      ["ab\r", [["underline", 2, 1]], "ab"],
      ["a\u2028b\u202ec", [["bold", 2, 1]], "abc", "bold 1 1"],
      ["a\u2027b\u202fc", [], "a\u2027b\u202fc"],
      ["a\u0333\u033f\u030ab", [["bold", 4, 1]], "ab", "bold 1 1"],
      ["a\u200e\u200f\u200eb", [], "a\u200c\u200c\u200eb"],
      ["\u200f a", [], "\u200f a"],
    ],
  },
]
