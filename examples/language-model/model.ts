/** A message of a dialogue with a model. */
export interface Turn {
  role: "system" | "user" | "assistant"
  content: string
}

/** A server of models with the protocol of OpenAI, such as Ollama. */
export interface ModelServer {
  /** The address, up to and including `/v1`. */
  url: string
  model: string
  key?: string | undefined
}

/** Asks a model, and yields its answer piece by piece. */
export async function* ask(
  { url, model, key = "" }: ModelServer,
  messages: readonly Turn[],
  signal: AbortSignal,
): AsyncGenerator<string> {
  const response = await fetch(`${url}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
    body: JSON.stringify({ model, messages, stream: true }),
    signal,
  })
  if (!response.ok || !response.body) throw new Error(`The model answered ${response.status}`)
  let rest = ""
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n")
    rest = lines.pop() ?? ""
    for (const line of lines) {
      if (!line.startsWith("data: {")) continue
      const event = JSON.parse(line.slice(6)) as { choices: { delta?: { content?: string } }[] }
      yield event.choices[0]?.delta?.content ?? ""
    }
  }
}
