/** What `wingbeat --help` says. */
export const USAGE = `Usage: wingbeat <command>

  gen channel <Name>     a channel and its test            wingbeat gen channel ChatRoom
  gen socket <Name>      a socket and its client           wingbeat gen socket User
      --from-channel <Name>    with this channel on it
  gen presence [Name]    who is online (Name: Presence)    wingbeat gen presence
  routes [module]        prints the sockets, topics and events of a module, by default the one
                         that package.json names: "wingbeat": { "routes": "./src/socket.ts" }
  contract [module]      prints the contract of a module's sockets as AsyncAPI 3, found as for routes
      -o <file>                writes it to a file     wingbeat contract src/socket.ts -o contract.json
      --format <json|md>       Markdown is a page with tables of all payloads (json)
      --allow-unknown          leaves schemas open that have no JSON Schema
      --validate               checks it with @asyncapi/parser, which the project installs
      --title <name>, --url <ws://host>, --asyncapi <3.0|3.1>
  contract diff <old> <new>    says which clients break between two contracts, and exits with 1
      --format <text|json|github|md>, --verdict <A|B|both>, --waivers <file>, --bump
  contract models [module]     writes typed models, by which apps in other languages use the topics
      --language <swift|kotlin|dart> -o <folder>
  history:sql            prints the tables that postgresHistory needs: wingbeat history:sql | psql
      --namespace <name>       as in postgresHistory (wingbeat)
      --unlogged               faster; the history is gone after a crash of the database
  top <url>              shows a running server: wingbeat top http://localhost:4000/inspector
      --header <"name: value">  sent with each request, for authorize; can be repeated
      --view <name>            overview, topics, events, errors or pressure
      --once                   prints one table and ends
      --json                   the same as JSON

  -y, --yes              asks nothing, and prints the remaining steps instead
  -h, --help             prints this
  -v, --version          prints the version

Generated files go to channels/, inside src/ if it exists. No file is ever overwritten.`;
