import { useId } from 'react';
import css from './parts.module.css';

export interface Bar {
  /** When the bar begins, ISO 8601. */
  time: string;
  /** Stacked from the bottom, in the order of the names. */
  values: number[];
}

/** Stacked bars, with the same numbers as a table for those who cannot see them. */
export function Chart({ title, unit, names, bars }: { title: string; unit: 'hour' | 'day'; names: string[]; bars: Bar[] }) {
  const id = useId();
  const sums = bars.map((bar) => bar.values.reduce((sum, value) => sum + value, 0));
  const highest = Math.max(1, ...sums);
  const total = sums.reduce((sum, value) => sum + value, 0);
  return (
    <figure className={css.figure} aria-labelledby={id}>
      <figcaption id={id}>{title}: <strong>{total.toLocaleString('en')}</strong></figcaption>
      <svg className={css.chart} viewBox={`0 0 ${bars.length * 10} 100`} preserveAspectRatio="none" aria-hidden="true">
        {bars.map((bar, at) => {
          let top = 100;
          return bar.values.map((value, series) => {
            const height = (value / highest) * 100;
            top -= height;
            return height > 0 && <rect key={`${bar.time} ${series}`} className={css[`series${series}`]} x={at * 10 + 1} y={top} width={8} height={height}>
              <title>{`${label(bar.time, unit)}: ${value} ${names[series]}`}</title>
            </rect>;
          });
        })}
      </svg>
      <p className={css.axis}><span>{bars[0] && label(bars[0].time, unit)}</span><span>highest {highest === 1 && total === 0 ? 0 : highest.toLocaleString('en')} an {unit === 'hour' ? 'hour' : 'day'}</span><span>now</span></p>
      <details>
        <summary>Numbers</summary>
        <table className={css.numbers}>
          <thead><tr><th scope="col">{unit === 'hour' ? 'Hour' : 'Day'} (UTC)</th>{names.map((name) => <th scope="col" key={name}>{name}</th>)}</tr></thead>
          <tbody>{bars.filter((_, at) => sums[at] !== 0).map((bar) => (
            <tr key={bar.time}><th scope="row">{label(bar.time, unit)}</th>{bar.values.map((value, series) => <td key={names[series]}>{value}</td>)}</tr>
          ))}</tbody>
        </table>
      </details>
    </figure>
  );
}

/** The requests of 36 hours, small enough for a row of a table. */
export function Sparkline({ values }: { values: number[] }) {
  const highest = Math.max(1, ...values);
  const total = values.reduce((sum, value) => sum + value, 0);
  return (
    <svg className={css.spark} viewBox={`0 0 ${values.length * 4} 20`} preserveAspectRatio="none" role="img" aria-label={`${total} requests in 36 hours`}>
      {values.map((value, at) => value > 0 && <rect key={at} className={css.series0} x={at * 4} y={20 - (value / highest) * 20} width={3} height={(value / highest) * 20} />)}
    </svg>
  );
}

function label(time: string, unit: 'hour' | 'day'): string {
  return unit === 'hour' ? time.slice(0, 16).replace('T', ' ') : time.slice(0, 10);
}
