import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium, openFile, QUIET } from '../../html/chromium.testing.js';
import { fixtureAudit, HOSTILE } from '../report.fixture.js';
import { renderAuditPage } from './page.js';

describe('renderAuditPage', () => {
  it('needs nothing from elsewhere', () => {
    const page = renderAuditPage(fixtureAudit());
    expect(page.match(/(?:src|href)="(?!#|data:)[^"]*"/g)).toBeNull();
    expect(page.match(/url\(|@import|https?:\/\/(?!www\.w3\.org)/g)).toBeNull();
  });
});

const executablePath = findChromium();

describe.skipIf(!executablePath)('the audit in Chromium', () => {
  let browser: Browser;
  const folder = mkdtempSync(join(tmpdir(), 'concord-audit-page-'));
  beforeAll(
    async () => void (browser = await chromium.launch({ executablePath: executablePath!, args: [...QUIET] })),
  );
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open() {
    const file = join(folder, 'report.html');
    writeFileSync(file, renderAuditPage(fixtureAudit()));
    return openFile(browser, file, { width: 1200, colorScheme: 'light' });
  }

  it('opens without a complaint, the evidence of a claim a click away', async () => {
    const { page, troubles } = await open();
    const claim = page.locator('details.subject').first();
    const cell = claim.getByText('331', { exact: true });
    expect(await cell.isVisible()).toBe(false);
    await claim.locator('summary').click();
    expect(await cell.isVisible()).toBe(true);
    expect(troubles).toEqual([]);
  });

  it('fits a telephone without scrolling sideways', async () => {
    const { page } = await open();
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  });

  it('shows hostile words as words', async () => {
    const { page, troubles } = await open();
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('script').count()).toBe(1);
    expect(await page.content()).toContain(HOSTILE.slice(2, 10).replaceAll('<', '&lt;'));
    expect(troubles).toEqual([]);
  });
});
