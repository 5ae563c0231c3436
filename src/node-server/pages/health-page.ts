import { textResponse } from "../../webhook/webhook-response.js"
import type { ServerPage } from "./server-page.js"

/** The page for checks whether the server runs. */
export const healthPage: ServerPage = () => textResponse(200, "ok")
