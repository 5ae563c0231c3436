import { render } from "preact"
import { App } from "./app.js"
import { connect } from "./server.js"
import { restoreTheme } from "./theme.js"

restoreTheme()
const root = document.querySelector("#page")
if (root !== null) render(<App />, root)
connect()
