import { useState } from "react";
import { SocketProvider, useConnection } from "./realtime.ts";
import { Room } from "./room.tsx";

const name = new URLSearchParams(location.search).get("name") ?? `guest ${Math.floor(Math.random() * 1000)}`;

export function App() {
  const [id, setId] = useState("lobby");
  return (
    <SocketProvider url="/socket" options={{ params: { name } }}>
      <h1>
        {name} in{" "}
        <select aria-label="Room" value={id} onChange={(event) => setId(event.target.value)}>
          <option>lobby</option>
          <option>attic</option>
        </select>
      </h1>
      <Status />
      <Room key={id} id={id} />
    </SocketProvider>
  );
}

function Status() {
  return <p role="status">{useConnection()}</p>;
}
