// Paste a block of cells from Excel or WPS into the grid; drop files on the box. Everything works without this file.
(function () {
  "use strict";

  var words = {"迟报": "late", "未报送": "not_reported", "未报": "not_reported", "不适用": "not_applicable",
    "late": "late", "not reported": "not_reported", "not applicable": "not_applicable"};

  // Tab-separated text as Excel puts it on the clipboard: quoted cells may hold tabs and line breaks.
  function cellsOf(text) {
    var rows = [], row = [], cell = "", quoted = false, i, sign;
    for (i = 0; i < text.length; i += 1) {
      sign = text[i];
      if (quoted) {
        if (sign === '"' && text[i + 1] === '"') { cell += '"'; i += 1; }
        else if (sign === '"') { quoted = false; }
        else { cell += sign; }
      } else if (sign === '"' && cell === "") { quoted = true; }
      else if (sign === "\t") { row.push(cell); cell = ""; }
      else if (sign === "\n") { row.push(cell); rows.push(row); row = []; cell = ""; }
      else if (sign !== "\r") { cell += sign; }
    }
    if (cell !== "" || row.length) { row.push(cell); rows.push(row); }
    return rows;
  }

  function put(box, text) {
    var field = box.querySelector("input[name^='text|']"), choice = box.querySelector("select");
    var word = text.trim(), state = words[word];
    if (!field || field.readOnly) { return; }
    field.value = state ? "" : word;
    if (choice) { choice.value = state || ""; }
    box.classList.add("draft");
    field.dispatchEvent(new Event("input", {bubbles: true}));
  }

  document.addEventListener("paste", function (event) {
    var field = event.target;
    if (!field.closest || !field.closest("[data-grid]") || !(field.name || "").startsWith("text|")) { return; }
    var text = (event.clipboardData || window.clipboardData).getData("text");
    if (text.indexOf("\t") < 0 && text.trim().indexOf("\n") < 0) { return; }
    event.preventDefault();
    var start = field.closest("td"), line = start.parentNode, first = Array.prototype.indexOf.call(line.children, start);
    cellsOf(text).forEach(function (row) {
      row.forEach(function (value, k) { if (line && line.children[first + k]) { put(line.children[first + k], value); } });
      line = line && line.nextElementSibling;
    });
  });

  // Arrow up, arrow down and Enter go to the cell above or below, as in a sheet.
  document.addEventListener("keydown", function (event) {
    var field = event.target;
    if (!(field.name || "").startsWith("text|")) { return; }
    var step = {ArrowUp: "previousElementSibling", ArrowDown: "nextElementSibling", Enter: "nextElementSibling"}[event.key];
    if (!step) { return; }
    event.preventDefault();
    var box = field.closest("td"), line = box.parentNode[step];
    var next = line && line.children[Array.prototype.indexOf.call(box.parentNode.children, box)];
    if (next && next.querySelector("input[name^='text|']")) { next.querySelector("input[name^='text|']").focus(); }
  });

  // The doubtful cell of a picture comes into view.
  document.addEventListener("htmx:afterSettle", function (event) {
    var place = event.target.id === "picture" && event.target.querySelector("td.here"), box;
    if (!place) { return; }
    box = place.closest(".table-wrap");
    box.scrollLeft = Math.max(0, place.offsetLeft - box.clientWidth / 2);
    box.scrollTop = Math.max(0, place.offsetTop - box.clientHeight / 2);
  });

  document.querySelectorAll("[data-drop]").forEach(function (box) {
    var field = box.querySelector("input[type=file]");
    ["dragenter", "dragover"].forEach(function (name) {
      box.addEventListener(name, function (event) { event.preventDefault(); box.classList.add("over"); });
    });
    ["dragleave", "drop"].forEach(function (name) {
      box.addEventListener(name, function () { box.classList.remove("over"); });
    });
    box.addEventListener("drop", function (event) {
      event.preventDefault();
      if (event.dataTransfer.files.length) { field.files = event.dataTransfer.files; box.requestSubmit ? box.requestSubmit() : box.submit(); }
    });
  });
}());
