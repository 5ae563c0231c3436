import { textResponse } from "../../webhook/webhook-response.js"
import type { ServerPage } from "./server-page.js"

/** The page that says that the server runs. */
export const healthPage: ServerPage = () => textResponse(200, "ok")
