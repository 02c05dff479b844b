// The editor of a rulebook file: line numbers follow the text, a fault's line is selected, Tab writes two spaces.
(function () {
  "use strict";

  var text = document.getElementById("text"), gutter = document.querySelector(".editor .gutter");
  if (!text || !gutter) { return; }

  function number() {
    var count = text.value.split("\n").length, lines = [];
    for (var n = 1; n <= count; n += 1) { lines.push(n); }
    gutter.textContent = lines.join("\n") + "\n";
    follow();
  }

  function follow() {
    gutter.style.height = text.offsetHeight + "px";
    gutter.scrollTop = text.scrollTop;
  }

  function goTo(line) {
    var lines = text.value.split("\n"), start = 0;
    for (var n = 0; n < Math.min(line - 1, lines.length - 1); n += 1) { start += lines[n].length + 1; }
    text.focus();
    text.setSelectionRange(start, start + (lines[line - 1] || "").length);
    text.scrollTop = Math.max(0, (line - 6) * parseFloat(getComputedStyle(text).lineHeight));
    follow();
  }

  // Tab writes spaces only after something was typed here, and Escape gives Tab back, so that the keyboard can leave.
  var typing = false;
  text.addEventListener("keydown", function (event) {
    if (event.key === "Escape") { typing = false; }
    if (event.key === "Tab" && typing && !event.shiftKey) {
      event.preventDefault();
      text.setRangeText("  ", text.selectionStart, text.selectionEnd, "end");
      number();
    }
  });
  text.addEventListener("input", function () { typing = true; number(); });
  text.addEventListener("scroll", follow);
  window.addEventListener("resize", follow);
  number();
  if (Number(text.dataset.line) > 0) { goTo(Number(text.dataset.line)); }
}());
