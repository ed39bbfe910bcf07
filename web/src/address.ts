/** The page's address: `#tab?name=value&…`, so that any static host serves every address and links keep their place. */
export interface Address {
  tab: string;
  query: URLSearchParams;
}

export function readAddress(hash: string = location.hash): Address {
  const [tab = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  return { tab: tab || 'play', query: new URLSearchParams(query) };
}

export function printAddress({ tab, query }: Address): string {
  const text = query.toString();
  return text ? `#${tab}?${text}` : `#${tab}`;
}
