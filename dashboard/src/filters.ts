import { useSearchParams } from 'wouter';

/** The filters of a page, which stand in its address, and how to set one; an empty value takes it away. */
export function useFilters(): [URLSearchParams, (name: string, value: string) => void] {
  const [params, setParams] = useSearchParams();
  return [params, (name, value) => setParams((before) => {
    const after = new URLSearchParams(before);
    if (value === '') {
      after.delete(name);
    } else {
      after.set(name, value);
    }
    return after;
  }, { replace: true })];
}
