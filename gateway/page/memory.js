// The conversation as this tab remembers it. It ends with the tab; nothing is kept when storage is refused.

const KEY = "supportlotsen";

export function recall() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY));
    return { token: kept?.token ?? null, region: kept?.region ?? "", entries: Array.isArray(kept?.entries) ? kept.entries : [] };
  } catch {
    return { token: null, region: "", entries: [] };
  }
}

export function remember(conversation) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(conversation));
  } catch {
    // Full or refused: the conversation goes on, it only cannot survive a reload.
  }
}
