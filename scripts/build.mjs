/** `npm run build`: builds `dist/` unless it was built from the current sources. */
import { build, install } from "./prepare.mjs"

install()
build()
