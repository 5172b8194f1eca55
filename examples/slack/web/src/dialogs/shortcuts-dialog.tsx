import { Dialog, DialogBody } from "../parts/dialog.tsx";
import { commandKey, optionKey } from "../workspace/shortcuts.ts";
import "./shortcuts-dialog.css";

const groups = () => {
  const command = commandKey();
  const option = optionKey();
  return [
    {
      title: "Going places",
      keys: [
        { keys: [command, "K"], what: "Search or jump to" },
        { keys: [option, "↑"], what: "The room above" },
        { keys: [option, "↓"], what: "The room below" },
        { keys: [option, "Shift", "↑"], what: "The unread room above" },
        { keys: [option, "Shift", "↓"], what: "The unread room below" },
      ],
    },
    {
      title: "Writing",
      keys: [
        { keys: ["Enter"], what: "Send" },
        { keys: ["Shift", "Enter"], what: "A new line" },
        { keys: ["↑"], what: "Edit your last message" },
        { keys: ["Esc"], what: "Stop editing or answering" },
      ],
    },
    {
      title: "Reading",
      keys: [
        { keys: ["Shift", "Tab"], what: "From where you write into the messages" },
        { keys: ["↑", "↓"], what: "From message to message" },
        { keys: ["Tab"], what: "What can be done with a message" },
        { keys: ["Esc"], what: "Back to where you write" },
      ],
    },
    {
      title: "Anywhere",
      keys: [
        { keys: [command, "/"], what: "These shortcuts" },
        { keys: ["Esc"], what: "Close what is open" },
        { keys: ["Tab"], what: "To the next thing" },
      ],
    },
  ];
};

export function ShortcutsDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose} testId="shortcuts-dialog">
      <DialogBody>
        <div className="shortcuts">
          {groups().map(({ title, keys }) => (
            <section key={title}>
              <h3 className="shortcuts-title">{title}</h3>
              <dl className="shortcuts-list">
                {keys.map((line) => (
                  <div className="shortcuts-line" key={line.what}>
                    <dt>{line.what}</dt>
                    <dd>
                      {line.keys.map((key) => (
                        <kbd key={key}>{key}</kbd>
                      ))}
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </div>
      </DialogBody>
    </Dialog>
  );
}
