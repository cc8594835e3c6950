import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, type Schemas } from './api/client';
import { useSession } from './App';
import { Copyable, Dialog, Failed, Field, Loading, Time } from './parts';
import css from './parts.module.css';

const ROLES: [Schemas['Role'], string][] = [
  ['owner', 'Owner: everything, including the team'],
  ['member', 'Member: creates and changes keys'],
  ['viewer', 'Viewer: can only look'],
];

export function TeamPage() {
  const session = useSession();
  const queries = useQueryClient();
  const [inviting, setInviting] = useState(false);
  const [removing, setRemoving] = useState<Schemas['Member'] | null>(null);
  const team = useQuery({ queryKey: ['team'], queryFn: () => answer(api.GET('/team')) });
  const refresh = { onSuccess: () => queries.invalidateQueries({ queryKey: ['team'] }) };
  const change = useMutation({
    mutationFn: ({ userId, role }: { userId: string; role: Schemas['Role'] }) => answer(api.PATCH('/team/members/{userId}', { params: { path: { userId } }, body: { role } })),
    ...refresh,
  });
  const remove = useMutation({
    mutationFn: (userId: string) => answer(api.DELETE('/team/members/{userId}', { params: { path: { userId } } })),
    onSuccess: () => {
      setRemoving(null);
      return refresh.onSuccess();
    },
  });
  const withdraw = useMutation({
    mutationFn: (invitationId: string) => answer(api.DELETE('/team/invitations/{invitationId}', { params: { path: { invitationId } } })),
    ...refresh,
  });
  const isOwner = session.role === 'owner';
  const failure = change.error ?? withdraw.error;
  return (
    <>
      <div className={css.head}>
        <h1>Team</h1>
        {isOwner && <button className={`${css.button} ${css.primary}`} onClick={() => setInviting(true)}>Invite someone</button>}
      </div>
      {!isOwner && <p className={css.quiet}>Owners can invite people and change roles.</p>}
      {failure && <p role="alert" className={css.error}>{failure.message}</p>}
      {team.isPending && <Loading rows={4} />}
      {team.isError && <Failed error={team.error} retry={() => void team.refetch()} />}
      {team.data && (
        <table className={css.table}>
          <thead><tr><th scope="col">Member</th><th scope="col">Role</th><th scope="col">Joined</th><th scope="col">Last seen</th>{isOwner && <th scope="col"><span className={css.hidden}>Actions</span></th>}</tr></thead>
          <tbody>{team.data.members.map((member) => (
            <tr key={member.userId}>
              <td>{member.email}{member.you && ' (you)'}</td>
              <td data-label="Role">{isOwner && !member.you
                ? <select className={css.select} aria-label={`Role of ${member.email}`} value={member.role} disabled={change.isPending}
                  onChange={(event) => change.mutate({ userId: member.userId, role: event.target.value as Schemas['Role'] })}>{ROLES.map(([role]) => <option key={role}>{role}</option>)}</select>
                : member.role}</td>
              <td data-label="Joined"><Time at={member.joinedAt} /></td>
              <td data-label="Last seen"><Time at={member.lastSeenAt} /></td>
              {isOwner && <td>{!member.you && <button className={`${css.button} ${css.danger}`} onClick={() => setRemoving(member)}>Remove</button>}</td>}
            </tr>
          ))}</tbody>
        </table>
      )}
      {team.data && team.data.invitations.length > 0 && (
        <section className={css.stack} aria-label="Invitations">
          <h2>Invitations</h2>
          {team.data.invitations.map((invitation) => (
            <div className={`${css.panel} ${css.head}`} key={invitation.id}>
              <p>{invitation.email} as {invitation.role}, invited by {invitation.createdBy}, expires <Time at={invitation.expiresAt} /></p>
              {isOwner && <button className={css.button} disabled={withdraw.isPending} onClick={() => withdraw.mutate(invitation.id)}>Withdraw</button>}
            </div>
          ))}
        </section>
      )}
      {inviting && <Invite close={() => setInviting(false)} done={() => void refresh.onSuccess()} />}
      {removing && (
        <Dialog title={`Remove ${removing.email}?`} close={() => setRemoving(null)}>
          <p>They will no longer see or change anything in {session.business?.name}. Keys that they created stay valid.</p>
          {remove.isError && <p role="alert" className={css.error}>{remove.error.message}</p>}
          <div className={css.row}>
            <button className={`${css.button} ${css.danger}`} disabled={remove.isPending} onClick={() => remove.mutate(removing.userId)}>Remove</button>
            <button className={css.button} onClick={() => setRemoving(null)}>Cancel</button>
          </div>
        </Dialog>
      )}
    </>
  );
}

function Invite({ close, done }: { close: () => void; done: () => void }) {
  const invite = useMutation({
    gcTime: 0,
    mutationFn: (body: { email: string; role: Schemas['Role'] }) => answer(api.POST('/team/invitations', { body })),
    onSuccess: done,
  });
  if (invite.data) {
    return (
      <Dialog title="Send this link" close={close}>
        <p>{invite.data.invitation.email} can join with it once. It expires <Time at={invite.data.invitation.expiresAt} />, and is not shown again.</p>
        <Copyable text={invite.data.link} label="Copy link" />
        <div><button className={`${css.button} ${css.primary}`} onClick={close}>Done</button></div>
      </Dialog>
    );
  }
  return (
    <Dialog title="Invite someone" close={close}>
      <form className={css.stack} onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        invite.mutate({ email: String(form.get('email')), role: String(form.get('role')) as Schemas['Role'] });
      }}>
        <Field label="E-mail" name="email" type="email" required error={invite.error?.message} />
        <fieldset className={css.field}>
          <legend>Role</legend>
          {ROLES.map(([role, meaning]) => <label key={role}><input type="radio" name="role" value={role} defaultChecked={role === 'member'} /> {meaning}</label>)}
        </fieldset>
        <div className={css.row}>
          <button className={`${css.button} ${css.primary}`} disabled={invite.isPending}>Create a link</button>
          <button type="button" className={css.button} onClick={close}>Cancel</button>
        </div>
      </form>
    </Dialog>
  );
}
