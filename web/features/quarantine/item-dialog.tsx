/** One item in quarantine, with what Meta sent. */
import { useQuery } from '@tanstack/react-query';
import { fullMoment } from '../../lib/time.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { LoadError } from '../../ui/load-error.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { quarantinedItemQuery, type QuarantinedItem, type QuarantinePath } from './queries.ts';
import styles from './item-dialog.module.css';

type ItemDialogProps = { path: QuarantinePath; item: QuarantinedItem | null; onClose: () => void };

export function ItemDialog({ path, item, onClose }: ItemDialogProps) {
  return (
    <Dialog
      open={item !== null}
      onOpenChange={(open) => !open && onClose()}
      title="What Meta sent"
      description={item ? `Received ${fullMoment(new Date(item.received_at))}` : ''}
      shape="sheet"
    >
      {item && <ItemDetail path={path} item={item} />}
    </Dialog>
  );
}

function ItemDetail({ path, item }: { path: QuarantinePath; item: QuarantinedItem }) {
  const { data, error, refetch } = useQuery(quarantinedItemQuery(path, item.id));
  const facts = [
    ['Why it is here', item.fault],
    ['About', item.field],
    ['Number', item.phone_number_id],
    ['WhatsApp account', item.waba_id],
    ['Organization', item.organization?.name],
    ['Attempts', String(item.attempts)],
  ].filter(([, value]) => value);
  return (
    <>
      <dl className={styles['facts']}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {error ? (
        <LoadError error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        <Spinner label="Loading what Meta sent" />
      ) : data.content === null ? (
        <p className={styles['withheld']}>
          This belongs to another organization: only its owners read what their customers wrote. You can try
          it again all the same.
        </p>
      ) : (
        <>
          <pre className={styles['content']} tabIndex={0} aria-label="What Meta sent, as JSON">
            {data.content}
          </pre>
          {data.is_cut && <p className={styles['withheld']}>There is more of it than is shown here.</p>}
        </>
      )}
    </>
  );
}
