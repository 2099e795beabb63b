/** The report's only script: the theme switch, and all anomalies opened for print. The page is whole without it. */
export const SCRIPT = `
const root = document.documentElement;
const button = document.querySelector('button');
const names = { auto: 'Theme: auto', light: 'Theme: light', dark: 'Theme: dark' };
const next = { auto: 'light', light: 'dark', dark: 'auto' };
const stored = () => { try { return localStorage.getItem('logbert-theme'); } catch { return null; } };
const store = (theme) => { try { localStorage.setItem('logbert-theme', theme); } catch {} };
let theme = new URLSearchParams(location.hash.slice(1)).get('theme') ?? stored();
const show = () => {
  if (!Object.hasOwn(names, theme)) theme = 'auto';
  if (theme === 'auto') delete root.dataset.theme;
  else root.dataset.theme = theme;
  button.textContent = names[theme];
};
button.hidden = false;
button.addEventListener('click', () => { theme = next[theme]; store(theme); show(); });
addEventListener('beforeprint', () => { for (const item of document.querySelectorAll('details')) item.open = true; });
show();
`;
