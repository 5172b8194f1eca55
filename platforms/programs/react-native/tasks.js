/** Timers for the Hermes VM, whose own ones do not wait: here, time passes when nothing else is to be done. */
const turn = global.setImmediate;
let now = 0;
let tasks = [];
let lastId = 0;
let isRunning = false;

export function installTasks() {
  global.setTimeout = (callback, ms = 0, ...args) => add(() => callback(...args), ms);
  global.setInterval = (callback, ms, ...args) => {
    const id = add(again, ms);
    function again() {
      callback(...args);
      add(again, ms, id);
    }
    return id;
  };
  global.clearTimeout = global.clearInterval = (id) => {
    tasks = tasks.filter((task) => task.id !== id);
  };
  global.queueMicrotask = (callback) => void Promise.resolve().then(callback);
}

function add(run, ms, id = ++lastId) {
  tasks.push({ id, at: now + ms, run });
  if (!isRunning) turn(next);
  isRunning = true;
  return id;
}

/** Runs what is due first; the VM runs the microtasks before the next turn. Ends after two minutes of its own time. */
function next() {
  tasks.sort((one, other) => one.at - other.at || one.id - other.id);
  const task = tasks.shift();
  isRunning = task !== undefined && now < 120_000;
  if (!isRunning) return;
  now = Math.max(now, task.at);
  turn(next);
  task.run();
}
