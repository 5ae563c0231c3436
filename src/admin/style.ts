import { colours } from "./colours.generated.js"

/** The style of the page: that of the simulator's chat page, whose colours it has. */
export const style = `${colours}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--deep); color: var(--text);
  font: 15px/1.4 -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Liberation Sans", sans-serif;
}
button, input, select { font: inherit; color: inherit; }
button { cursor: pointer; }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
h1, h2, h3, p, ul, dl, dd { margin: 0; padding: 0; }
ul { list-style: none; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.dim { color: var(--dim); font-weight: 400; }
.app {
  display: grid; grid-template-columns: minmax(300px, 400px) minmax(320px, 1fr);
  height: 100vh; height: 100dvh; overflow: hidden;
}
.sidebar, .chat { display: flex; flex-direction: column; min-width: 0; min-height: 0; }
.sidebar { background: var(--page); border-inline-end: 1px solid var(--line); }
.chat { background: linear-gradient(160deg, var(--wall-1), var(--wall-2)); }
.bar {
  display: flex; align-items: center; gap: 10px; min-height: 56px; padding: 6px 14px;
  background: var(--page); border-bottom: 1px solid var(--line);
}
.bar h1, .bar h2, .title { font-size: 16px; font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.bar h1 a, .title a { color: inherit; text-decoration: none; }
.bar .dim { flex: 1; min-width: 0; }
.button, button {
  display: inline-block; padding: 7px 12px; border: 0; border-radius: 8px; background: var(--hover);
  color: var(--accent); font-weight: 600; font-size: 13px; text-decoration: none;
}
.card button { background: var(--accent-fill); color: var(--on-accent); }
.search { display: flex; gap: 6px; padding: 8px; border-bottom: 1px solid var(--line); }
input, select {
  min-width: 0; padding: 6px 8px; border: 1px solid var(--dim); border-radius: 8px; background: var(--page);
  color: var(--text);
}
.search input { flex: 2; }
.search select { flex: 1; }
.bot-list { flex: 1; overflow-y: auto; min-height: 0; }
.bot-list:focus-visible, .content:focus-visible { outline-offset: -3px; }
.bot-list li { padding: 1px 6px; }
.nothing { padding: 20px; text-align: center; }
.chat-row {
  display: flex; align-items: center; gap: 12px; padding: 8px 10px; border-radius: 10px; color: inherit;
  text-decoration: none; overflow: hidden;
}
.chat-row:hover { background: var(--hover); }
.chat-row[aria-current] { background: var(--chosen); color: var(--on-chosen); }
.chat-row[aria-current] .dim, .chat-row[aria-current] .chat-row-last { color: var(--on-chosen-dim); }
.chat-row:focus-visible { outline-offset: -2px; }
.chat-row-text { display: grid; gap: 2px; flex: 1; min-width: 0; }
.chat-row-line { display: flex; justify-content: space-between; align-items: center; gap: 8px; min-width: 0; }
.chat-row-name { font-weight: 600; }
.chat-row-name, .chat-row-last, .chat-row-line .dim { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-width: 0; }
.chat-row-last { color: var(--bad); font-size: 13px; }
.numbers { display: flex; gap: 8px; align-items: center; flex: none; font-size: 13px; }
.badge {
  flex: none; min-width: 22px; padding: 1px 7px; border-radius: 11px; background: var(--accent-fill);
  color: var(--on-accent); font-size: 12px; font-weight: 600; text-align: center;
}
.state { flex: none; padding: 1px 9px; border-radius: 11px; font-size: 12px; font-weight: 600; background: var(--busy-fill); color: var(--busy); }
.state-receiving, .state-active { background: var(--good-fill); color: var(--good); }
.state-refused, .state-retrying { background: var(--bad-fill); color: var(--bad); }
.avatar {
  display: grid; place-items: center; flex: none; width: 44px; height: 44px; border-radius: 50%; color: #fff;
  font-weight: 600; font-size: 18px;
}
.avatar-0 { background: linear-gradient(#d4605c, #b8332f); }
.avatar-1 { background: linear-gradient(#c47a2c, #9e560c); }
.avatar-2 { background: linear-gradient(#8a6bd1, #6543b0); }
.avatar-3 { background: linear-gradient(#4c9a3c, #2c7320); }
.avatar-4 { background: linear-gradient(#2d97a8, #12707f); }
.avatar-5 { background: linear-gradient(#3d85cc, #1c5fa3); }
.avatar-6 { background: linear-gradient(#c95590, #a02f6a); }
.pager { display: flex; align-items: center; justify-content: space-between; gap: 8px; padding: 8px; border-top: 1px solid var(--line); font-size: 13px; }
.chat-title { flex: 1; min-width: 0; }
.chat-title p { font-size: 13px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.content { flex: 1; min-height: 0; overflow-y: auto; padding: 14px 4%; }
.content > * { margin-block-end: 12px; }
.card { padding: 10px 14px; border-radius: 14px; background: var(--other); box-shadow: 0 1px 1px var(--shadow); max-width: 640px; }
form.card { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; }
form.card input { flex: 1 1 160px; }
form.card p { flex: 1 1 100%; font-size: 13px; }
dl.card > div { display: flex; justify-content: space-between; gap: 16px; padding: 3px 0; }
dt { color: var(--dim); flex: none; }
dd { text-align: end; overflow-wrap: anywhere; min-width: 0; }
.pill {
  width: fit-content; max-width: 80%; margin-inline: auto; padding: 3px 12px; border-radius: 14px;
  background: var(--pill); color: #fff; font-size: 13px; font-weight: 600;
}
.bubbles { display: grid; gap: 8px; max-width: 640px; }
.bubble { padding: 8px 12px; border-radius: 14px; background: var(--other); box-shadow: 0 1px 1px var(--shadow); overflow-wrap: anywhere; min-width: 0; }
.bubble p + p { margin-block-start: 4px; }
.bubble .dim { color: var(--other-dim); font-size: 12px; }
.error-text { color: var(--bad); font-weight: 600; overflow: hidden; }
code { padding: 0 3px; border-radius: 4px; background: var(--code); font-size: 0.92em; }
.only-narrow { display: none; }
@media (max-width: 760px) {
  .app { grid-template-columns: minmax(0, 1fr); height: auto; overflow: visible; }
  .bot-list, .content { overflow: visible; }
  .app.bot-is-open > .sidebar { display: none; }
  .app.bot-is-open > .chat { min-height: 100dvh; }
  .only-narrow { display: inline-block; }
  .sidebar { border-inline-end: 0; }
}
`
