// The conversation as this tab remembers it. It ends with the tab; nothing is kept when storage is refused.

const KEY = "supportlotsen";

const NOTHING = { token: null, region: "", draft: "", entries: [] };

export function recall() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY));
    return Array.isArray(kept?.entries) ? { ...NOTHING, ...kept } : { ...NOTHING };
  } catch {
    return { ...NOTHING };
  }
}

export function remember(conversation) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(conversation));
  } catch {
    // Full or refused: the conversation goes on, it only cannot survive a reload.
  }
}
