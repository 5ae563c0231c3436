import type { MenuForm } from "./menu-data.js"

/** The members of a menu that a {@link MenuReference} needs. */
export interface OpenableMenu {
  readonly form: MenuForm
  readonly isMounted: boolean
}

/** A menu with its parameters, as calling the menu returns it. */
export class MenuReference {
  readonly #menu: OpenableMenu
  readonly #params: object

  /** Not for programs, which get a reference by calling a menu. */
  constructor(menu: OpenableMenu, params: object) {
    this.#menu = menu
    this.#params = params
  }

  /** The name of the menu. */
  get name(): string {
    return this.#menu.form.name
  }

  /**
   * Returns the definition and the packed parameters of the menu.
   *
   * @throws TypeError for a menu that no router has, and for wrong parameters
   */
  packed(): { readonly form: MenuForm; readonly params: string } {
    const { form, isMounted } = this.#menu
    if (isMounted) return { form, params: form.fields.pack(this.#params) }
    throw new TypeError(
      `Expected a mounted menu, got ${form.name}: mount it with \`dispatcher.use\`, so that its buttons work.`,
    )
  }
}
