/** Checks of the data that a Mini App or the login widget gives to a web server. */
export {
  checkInitData,
  type CheckOptions,
  checkThirdPartyInitData,
  type ThirdPartyOptions,
} from "./check-init-data.js"
export { checkLogin, type LoginData } from "./check-login.js"
export type { InitData, WebAppChat, WebAppUser } from "./init-data.js"
