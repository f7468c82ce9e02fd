// What is wrong with the page that is open, as a list of lines: for readers who do not see it, and in narrow windows.
// LANDMARKS: those that it has. RUNS: it has a script of its own, and what one presses.
(({ landmarks, runs }) => {
	const wrong = [], all = selector => [...document.querySelectorAll(selector)];
	const say = (test, text) => test || wrong.push(text);
	const shown = e => e.tagName + " " + (e.textContent || e.alt || "").trim().slice(0, 40);

	say(document.documentElement.lang === "en", "no language");
	say(document.title.trim(), "no title");
	say(all("h1").length === 1, all("h1").length + " h1");
	for (const landmark of landmarks)
		say(all(landmark).length === 1, all(landmark).length + " " + landmark);
	all("h1,h2,h3,h4,h5,h6").reduce((before, e) => {
		say(+e.tagName[1] <= before + 1, "a level is left out before " + shown(e));
		return +e.tagName[1];
	}, 0);

	for (const e of all("img")) {
		say(e.complete && e.naturalWidth > 0, "not loaded: " + e.alt);
		say(e.alt, "no alt");
		say(e.src.startsWith("data:") || runs && e.src.startsWith("blob:"), "from elsewhere: " + e.src);
	}
	for (const e of all("svg")) {
		say(e.getAttribute("role") === "img", "svg without a role");
		say(e.querySelector("title")?.textContent && e.querySelector("desc")?.textContent, "svg without title or desc");
	}
	for (const e of all("table")) {
		say(e.caption?.textContent, "table without caption: " + shown(e));
		say([...e.querySelectorAll("th")].every(th => ["row", "col"].includes(th.scope)), "th without scope: " + shown(e));
		const widths = new Set([...e.rows].map(row => row.cells.length));
		say(widths.size === 1, "rows of unequal length: " + shown(e));
		say(e.closest("[role=region][tabindex='0'][aria-label]"), "does not scroll by keys: " + shown(e));
	}

	const count = list => list.reduce((n, x) => n.set(x, (n.get(x) || 0) + 1), new Map());
	for (const [id, n] of count(all("[id]").map(e => e.id)))
		say(n === 1, "id " + id + " " + n + " times");
	for (const [label, n] of count(all("[role=region]").map(e => e.getAttribute("aria-label"))))
		say(n === 1, "region " + label + " " + n + " times");
	for (const e of all("[aria-labelledby]"))
		say(document.getElementById(e.getAttribute("aria-labelledby")), "no label of " + shown(e));
	for (const e of all("a"))
		say(document.getElementById(e.getAttribute("href").slice(1)), "leads nowhere: " + e.getAttribute("href"));
	const active = all("script,iframe,object,embed,link,form,[onload],[onerror],[onclick]");
	const own = e => e.matches("script:not([src]),link[rel=icon][href^='data:']");
	say(active.every(e => runs && own(e)), "something runs or loads");
	for (const e of runs ? all("button,select,summary,input") : []) {
		const { width, height } = (e.closest("label") || e).getBoundingClientRect();
		say(!e.checkVisibility() || width >= 44 && height >= 44, "small for a finger: " + shown(e) + " " + width + " x " + height);
	}

	say(document.scrollingElement.scrollWidth <= innerWidth,
		"the page is " + document.scrollingElement.scrollWidth + " wide in a window of " + innerWidth);

	// WCAG 2.2, contrast (minimum), of all text; what is drawn on pictures is not looked at.
	const rgb = color => color.match(/[\d.]+/g).map(Number);
	const linear = c => c / 255 <= .04045 ? c / 255 / 12.92 : ((c / 255 + .055) / 1.055) ** 2.4;
	const light = ([r, g, b]) => .2126 * linear(r) + .7152 * linear(g) + .0722 * linear(b);
	const ground = e => {
		for (; e; e = e.parentElement) {
			const c = rgb(getComputedStyle(e).backgroundColor);
			if (c.length < 4 || c[3] === 1)
				return c;
		}
		return [255, 255, 255];
	};
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	const seen = new Set();
	while (walker.nextNode()) {
		const e = walker.currentNode.parentElement, style = getComputedStyle(e);
		if (!walker.currentNode.data.trim() || e.closest("svg,style") || !e.checkVisibility())
			continue;
		const bar = e.closest(".probabilities li") && getComputedStyle(document.documentElement).getPropertyValue("--bar");
		const hex = bar && [1, 3, 5].map(i => parseInt(bar.trim().slice(i, i + 2), 16));
		for (const below of [ground(e)].concat(hex ? [hex] : [])) {
			const [a, b] = [light(rgb(style.color)), light(below)].sort((x, y) => y - x), ratio = (a + .05) / (b + .05);
			if (ratio < 4.5)
				seen.add("contrast " + ratio.toFixed(2) + ": " + shown(e));
		}
	}
	return wrong.concat([...seen]);
})
