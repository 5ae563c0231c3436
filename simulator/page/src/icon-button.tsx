import { Icon, type IconName } from "./icon.js"

interface Props {
  readonly icon: IconName
  readonly label: string
  readonly onClick: () => void
  readonly pressed?: boolean
}

/** A button with an icon and an accessible name. */
export function IconButton({ icon, label, onClick, pressed }: Props) {
  const state = pressed === undefined ? {} : { "aria-pressed": pressed }
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={label}
      {...state}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  )
}
