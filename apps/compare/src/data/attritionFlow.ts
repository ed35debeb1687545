import type { AttritionStep } from '@concord/data';
import { html, type Markup } from '../html/markup.js';

const [WIDTH, BOX, LOST, TALL, STEP] = [860, 400, 330, 52, 92];

/** Attrition as a flow diagram: a box for the cases that are left, an arrow to those that fell out. */
export function attritionFlow(name: string, attrition: readonly AttritionStep[]): Markup {
  const height = STEP * (attrition.length - 1) + TALL + 2;
  const said = attrition.map(({ step, kept }) => `${kept} after ${step}`).join(', ');
  const marker = `arrow-${name}`;
  const boxes = attrition.map(({ step, kept, dropped }, i) => {
    const y = 1 + i * STEP;
    // What falls out leaves the arrow between this box and the one above.
    const middle = y - (STEP - TALL) / 2;
    return html`${
        i > 0 &&
        html`<path d="M${BOX / 2} ${y - STEP + TALL}V${y - 4}" marker-end="url(#${marker})" />
          <path d="M${BOX / 2} ${middle}H${WIDTH - LOST - 5}" marker-end="url(#${marker})" />
          <text x="${WIDTH - LOST + 6}" y="${middle + 4}" class="${dropped.length > 0 ? 'lost' : 'none'}">
            ${dropped.length === 0 ? 'nobody fell out' : `${dropped.length} without ${shortened(step)}`}
          </text>`
      }<rect x="1" y="${y}" width="${BOX - 2}" height="${TALL}" rx="6" />
      <text x="18" y="${y + 22}" class="kept">${kept} cases</text>
      <text x="18" y="${y + 41}">${i === 0 ? shortened(step) : `with ${shortened(step)}`}</text>`;
  });
  return html`<svg
    role="img"
    aria-label="Attrition of ${name}: ${said}."
    class="flow"
    viewBox="0 0 ${WIDTH} ${height}"
    width="${WIDTH}"
    height="${height}"
  >
    <style>
      .flow rect {
        fill: var(--card);
        stroke: var(--ts);
        stroke-width: 1.5;
      }
      .flow path {
        fill: none;
        stroke: var(--soft);
        stroke-width: 1.5;
      }
      .flow marker path {
        fill: var(--soft);
        stroke: none;
      }
      .flow text {
        fill: currentColor;
        font-size: 13px;
      }
      .flow .kept {
        font-size: 16px;
        font-weight: 600;
      }
      .flow .none {
        fill: var(--soft);
      }
      .flow .lost {
        fill: var(--limit);
      }
    </style>
    <defs>
      <marker
        id="${marker}"
        viewBox="0 0 8 8"
        refX="6"
        refY="4"
        markerWidth="8"
        markerHeight="8"
        orient="auto"
      >
        <path d="M0 0 8 4 0 8Z" />
      </marker>
    </defs>
    ${boxes}
  </svg>`;
}

/** Long file names are cut in the middle, where they tell least apart. */
function shortened(text: string): string {
  return text.length <= 46 ? text : `${text.slice(0, 26)}…${text.slice(-18)}`;
}
