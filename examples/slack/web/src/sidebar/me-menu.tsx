import type { ManualStatus } from "@wingbeat/example-slack/contract";
import {
  Activity,
  BellRing,
  ChevronsUpDown,
  Keyboard,
  LogOut,
  Monitor,
  MonitorSmartphone,
  Moon,
  ShieldCheck,
  Sun,
  UserRound,
} from "lucide-react";
import { Avatar } from "../parts/avatar.tsx";
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuLine } from "../parts/menu.tsx";
import { useToast } from "../parts/toasts.tsx";
import { StatusDot } from "../presence/status-dot.tsx";
import { StatusMark } from "../presence/status-mark.tsx";
import { STATUS_NAMES } from "../presence/status-names.ts";
import type { Theme } from "../theme.ts";
import { useWorkspace } from "../workspace/context.ts";
import { allowNotifications, canNotify } from "../workspace/desktop-notification.ts";
import { commandKey } from "../workspace/shortcuts.ts";
import "./me-menu.css";

const STATUSES = (["online", "away", "busy", "invisible"] satisfies ManualStatus[]).map((value) => ({
  value,
  text: STATUS_NAMES[value],
  mark: <StatusMark status={value} />,
  testId: `status-${value}`,
}));

const THEMES = (
  [
    ["light", "Light", Sun],
    ["dark", "Dark", Moon],
    ["system", "As the system", Monitor],
  ] as const
).map(([value, text, Icon]) => ({
  value,
  text,
  mark: <Icon size={16} strokeWidth={1.9} aria-hidden="true" />,
  testId: `theme-${value}`,
}));

const ADMIN = ["announce", "manage-roles", "ban-user"] as const;

/** The user at the foot of the sidebar, and all that is theirs to set. */
export function MeMenu() {
  const { me, openDialog, openProfile, actions, attempt, logOut, logOutEverywhere } = useWorkspace();
  const { user, manualStatus, preferences } = me;
  const trigger = (
    <button className="me" type="button" data-testid="me-menu">
      <span className="me-avatar">
        <Avatar user={user} size={34} />
        <span className="me-dot">
          <StatusDot user={user} />
        </span>
      </span>
      <span className="me-names">
        <span className="me-name truncate">{user.name}</span>
        <span className="me-status truncate">{STATUS_NAMES[manualStatus]}</span>
      </span>
      <ChevronsUpDown size={15} aria-hidden="true" />
      <span className="visually-hidden">Your status and settings</span>
    </button>
  );
  const setTheme = (theme: Theme) => void attempt(() => actions.setPreferences({ theme }));
  return (
    <Menu label="Your status and settings" trigger={trigger} side="top">
      <MenuLabel>Status</MenuLabel>
      <MenuChoice
        label="Status"
        value={manualStatus}
        options={STATUSES}
        onChange={(status) => void attempt(() => actions.setStatus(status))}
      />
      <MenuLine />
      <MenuLabel>Theme</MenuLabel>
      <MenuChoice label="Theme" value={preferences.theme} options={THEMES} onChange={setTheme} />
      <MenuLine />
      <MenuItem icon={UserRound} onSelect={() => openProfile(user)}>
        Your profile
      </MenuItem>
      <DesktopNotifications />
      <MenuItem icon={MonitorSmartphone} testId="sessions" onSelect={() => openDialog({ kind: "sessions" })}>
        Devices
      </MenuItem>
      {ADMIN.some((permission) => me.permissions.includes(permission)) && (
        <MenuItem icon={ShieldCheck} testId="admin" onSelect={() => openDialog({ kind: "admin" })}>
          Administration
        </MenuItem>
      )}
      {me.permissions.includes("manage-roles") && (
        <MenuItem icon={Activity} testId="inspector" onSelect={() => window.open("/inspector/", "_blank", "noopener")}>
          Inspector
        </MenuItem>
      )}
      <MenuItem icon={Keyboard} hint={`${commandKey()} /`} onSelect={() => openDialog({ kind: "shortcuts" })}>
        Keyboard shortcuts
      </MenuItem>
      <MenuLine />
      <MenuItem icon={LogOut} testId="logout" onSelect={() => void attempt(logOut)}>
        Log out
      </MenuItem>
      <MenuItem danger icon={LogOut} testId="logout-everywhere" onSelect={() => void attempt(logOutEverywhere)}>
        Log out everywhere
      </MenuItem>
    </Menu>
  );
}

/** The browser has a say too: it is asked the first time. */
function DesktopNotifications() {
  const { me, actions, attempt } = useWorkspace();
  const toast = useToast();
  const on = me.preferences.desktopNotifications && canNotify();
  const toggle = async () => {
    if (!on && !(await allowNotifications())) {
      return toast("Your browser does not allow notifications for this page. Its settings can change that.");
    }
    await attempt(() => actions.setPreferences({ desktopNotifications: !on }));
  };
  return (
    <MenuItem icon={BellRing} testId="desktop-notifications" hint={on ? "On" : "Off"} onSelect={() => void toggle()}>
      Desktop notifications
    </MenuItem>
  );
}
