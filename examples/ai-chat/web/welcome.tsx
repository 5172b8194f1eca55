const PROMPTS = [
  "How does a resumable stream work?",
  "Write a TypeScript function that retries",
  "Count to 300",
  "Write a short poem about coming back",
];

/** What an empty conversation shows. */
export function Welcome({ onPick }: { readonly onPick: (prompt: string) => void }) {
  return (
    <section className="welcome">
      <h2>Ask, and walk away</h2>
      <p>
        An answer is written on the server, whether you are here or not. Reload this page, lose your connection, open
        the same address on your phone: nothing is missing, and nothing comes twice.
      </p>
      <ul>
        {PROMPTS.map((prompt) => (
          <li key={prompt}>
            <button
              type="button"
              onClick={() => {
                onPick(prompt);
                document.getElementById("prompt")?.focus();
              }}
            >
              {prompt}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
