import type { Permission } from "@wingbeat/example-slack/contract";
import { useState } from "react";
import { api } from "../../api.ts";
import type { RolePermissions } from "../../api.ts";
import { SkeletonList } from "../../parts/skeleton.tsx";
import { sentenceOf } from "../../refusal.ts";
import { useWorkspace } from "../../workspace/context.ts";
import { useAnswer } from "../use-answer.ts";
import { PERMISSION_NAMES, withPermission } from "./permissions.ts";

/** How many of the roles, the first ones, hold everywhere; the others are had in one room. */
const GLOBAL_ROLES = new Set(["admin", "user", "guest"]);

/** What each role allows. A change holds at once, for everybody who is connected. */
export function PermissionMatrix() {
  const { value, error } = useAnswer(() => api.roles(), "");
  if (error !== undefined) return <p role="alert">{sentenceOf(error)}</p>;
  if (value === undefined) return <SkeletonList count={8} label="Loading roles" />;
  return <Matrix loaded={value.roles} />;
}

function Matrix({ loaded }: { readonly loaded: readonly RolePermissions[] }) {
  const { attempt } = useWorkspace();
  const [roles, setRoles] = useState(loaded);
  const change = async (role: string, permission: Permission, allowed: boolean) => {
    const set = (is: boolean) => setRoles((now) => withPermission(now, role, permission, is));
    set(allowed);
    if (!(await attempt(() => api.setPermission(role, permission, allowed)))) set(!allowed);
  };
  const everywhere = roles.filter(({ role }) => GLOBAL_ROLES.has(role)).length;
  return (
    <div className="matrix-box">
      <table className="matrix">
        <thead>
          <tr>
            <td />
            <th className="matrix-group" scope="colgroup" colSpan={everywhere}>
              Everywhere
            </th>
            <th className="matrix-group matrix-first" scope="colgroup" colSpan={roles.length - everywhere}>
              In a channel
            </th>
          </tr>
          <tr>
            <td />
            {roles.map(({ role }, index) => (
              <th className={index === everywhere ? "matrix-first" : undefined} scope="col" key={role}>
                {role}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {PERMISSION_NAMES.map(([permission, name]) => (
            <tr key={permission}>
              <th scope="row">{name}</th>
              {roles.map(({ role, permissions }, index) => (
                <td className={index === everywhere ? "matrix-first" : undefined} key={role}>
                  <input
                    type="checkbox"
                    aria-label={`${role}: ${name}`}
                    checked={permissions.includes(permission)}
                    onChange={(event) => void change(role, permission, event.target.checked)}
                    data-testid={`perm-${role}-${permission}`}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
