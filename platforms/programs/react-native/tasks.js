/** Timers for the Hermes VM, whose own ones do not wait: here, time passes when nothing else is to be done. */
const turn = global.setImmediate;
let now = 0;
let tasks = [];
let lastId = 0;
let isRunning = false;
let idleTurns = 0;
/** The VM may run one promise job in a turn: an await is several. */
const TURNS_BEFORE_TIME_PASSES = 20;

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

/** Runs what is due first. Time passes only when nothing has come up in a few turns. Ends after two minutes of its own time. */
function next() {
  tasks.sort((one, other) => one.at - other.at || one.id - other.id);
  const [task] = tasks;
  isRunning = task !== undefined && now < 120_000;
  if (!isRunning) return;
  turn(next);
  if (task.at > now && idleTurns++ < TURNS_BEFORE_TIME_PASSES) return;
  idleTurns = 0;
  now = Math.max(now, task.at);
  tasks.shift();
  task.run();
}
