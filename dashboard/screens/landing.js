/* A link to a part of the page lands on its heading and moves the focus there, also while the page is still being drawn and grows above
   it; whoever scrolls, types or touches goes where they want. Going back finds the place that was left. */
(() => {
  const STEADY = 1500, LONGEST = 15000, EVERY = 100;
  const main = () => document.querySelector('[data-testid="stMain"]');
  const place = () => 'qs133 place ' + location.pathname + location.search;

  const settle = (aim) => {
    if (window.qs133Landing) window.qs133Landing.abort();
    const landing = window.qs133Landing = new AbortController();
    const begun = Date.now();
    let still = begun, before = null;
    for (const kind of ['wheel', 'touchstart', 'keydown', 'mousedown'])
      document.addEventListener(kind, () => landing.abort(), {once: true, capture: true, signal: landing.signal});
    const look = () => {
      if (landing.signal.aborted || Date.now() - begun > LONGEST) return;
      const now = aim();
      if (now !== before) { before = now; still = Date.now(); }
      if (now === null || Date.now() - still < STEADY) setTimeout(look, EVERY); else landing.abort();
    };
    look();
  };

  const toHeading = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    if (!id) return;
    let focused = false;
    settle(() => {
      const heading = document.getElementById(id), scrolled = main();
      if (!heading || !scrolled) return null;
      if (!focused) { heading.setAttribute('tabindex', '-1'); heading.focus({preventScroll: true}); focused = true; }
      const off = heading.getBoundingClientRect().top - scrolled.getBoundingClientRect().top - 80;
      if (Math.abs(off) > 2) scrolled.scrollTop += off;
      return Math.round(off);
    });
  };

  const toPlace = (kept) => settle(() => {
    const scrolled = main();
    if (!scrolled || scrolled.scrollHeight - scrolled.clientHeight < kept) return null;
    scrolled.scrollTop = kept;
    return scrolled.scrollHeight;
  });

  if (!window.qs133Places) {
    window.qs133Places = true;
    window.addEventListener('hashchange', toHeading);
    document.addEventListener('scroll', (event) => {
      if (event.target === main() && !(window.qs133Landing && !window.qs133Landing.signal.aborted))
        sessionStorage.setItem(place(), String(main().scrollTop));
    }, {capture: true, passive: true});
    const [came] = performance.getEntriesByType('navigation');
    const kept = Number(sessionStorage.getItem(place()) || 0);
    if (came && came.type === 'back_forward' && kept) { toPlace(kept); return; }
  }
  toHeading();
})();
