import { render } from "preact";

const App = () => (
  <main>
    <h1>hardcall dashboard</h1>
  </main>
);

render(<App />, document.body);
