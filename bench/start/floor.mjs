// A program that reads the first update, and reports it.
import { get } from "node:http"

const { BOT_TOKEN: token, TELEGRAM_API_ROOT: apiRoot } = process.env
get(`${apiRoot}/bot${token}/getUpdates`, (response) => {
  response.setEncoding("utf8")
  let text = ""
  response.on("data", (chunk) => (text += chunk))
  response.on("end", () => {
    if (JSON.parse(text).result.length > 0) process.stdout.write("handled")
  })
})
