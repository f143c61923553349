import { Project } from "./jobs/project.mjs";

/** All projects. One that was not set up gets the setup of the server when it is first asked for. */
export class World {
  #projects = new Map();

  constructor(setup) {
    this.setup = setup;
  }

  project(name) {
    if (!this.#projects.has(name)) this.setUp(name, this.setup);
    return this.#projects.get(name);
  }

  setUp(name, setup) {
    this.#projects.set(name, new Project(name, setup));
  }

  report() {
    return Object.fromEntries([...this.#projects].map(([name, project]) => [name, project.report()]));
  }
}
