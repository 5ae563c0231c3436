/**
 * Menus: buttons with their handlers, in messages that are drawn again after each press.
 *
 * @module
 */
export { menu, type Menu, type MenuArguments, type MenuOptions, type MenuText } from "./menu.js"
export type { MenuContent } from "./menu-content.js"
export type {
  MenuContext,
  MenuDrawing,
  MenuKey,
  MenuKeyArguments,
  MenuPages,
  MenuTitleOptions,
} from "./menu-drawing.js"
export { MenuReference } from "./menu-reference.js"
