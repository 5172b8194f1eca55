/** The `data` of each server-sent event of a response. Network chunks end anywhere, also inside of a character. */
export async function* eventsOf(response: Response): AsyncIterable<string> {
  if (response.body === null) return;
  let rest = "";
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    if (rest.length > MAX_LINE)
      throw new Error(`The model's server has sent a line of more than ${MAX_LINE} characters.`);
    for (const line of lines) {
      if (line.startsWith("data:")) yield line.slice("data:".length).trim();
    }
  }
}

const MAX_LINE = 1_000_000;
