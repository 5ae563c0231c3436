import { describeBehaviours } from "./behaviours.js"
import { modes } from "./modes.js"

for (const mode of modes) describeBehaviours(mode)
