/** `npm run build`: builds `dist/` unless it was built from these very sources. */
import { build, install } from "./prepare.mjs"

install()
build()
