/**
 * What the page can do beyond being read: sort a table by a click on its heading, open everything before it is
 * printed, open the subject that a link points at. Without scripts nothing is lost but this.
 */
export const SCRIPT = `
for (const table of document.querySelectorAll('table.rows')) {
  const body = table.tBodies[0];
  table.tHead.addEventListener('click', (event) => {
    const head = event.target.closest('button')?.closest('th');
    if (!head) return;
    const descending = head.getAttribute('aria-sort') === 'ascending';
    for (const other of head.parentNode.cells) other.removeAttribute('aria-sort');
    head.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
    const key = (row) => row.cells[head.cellIndex].dataset.value ?? row.cells[head.cellIndex].textContent;
    const order = (a, b) => {
      const [x, y] = [Number(key(a)), Number(key(b))];
      return Number.isNaN(x) || Number.isNaN(y) ? key(a).localeCompare(key(b)) : x < y ? -1 : x > y ? 1 : 0;
    };
    const rows = [...body.rows].sort(order);
    body.append(...(descending ? rows.reverse() : rows));
  });
}
const reveal = () => {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement) target.open = true;
};
addEventListener('hashchange', reveal);
reveal();
addEventListener('beforeprint', () => {
  for (const subject of document.querySelectorAll('details.subject')) subject.open = true;
});
`;
