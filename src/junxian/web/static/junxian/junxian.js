// What pages do beyond plain HTML: tables, charts, confirmations, kind errors. Every page works without it.
(function () {
  "use strict";

  var words = document.getElementById("words").dataset;

  function say(text, values) {
    return text.replace(/\{(\w+)\}/g, function (whole, name) { return values[name]; });
  }

  // Tables: sort, filter, freeze, export.

  function cellText(cell) {
    return cell ? (cell.dataset.value !== undefined ? cell.dataset.value : cell.textContent.trim().replace(/\s+/g, " ")) : "";
  }

  function asNumber(text) {
    var bare = text.replace(/[,，\s%]/g, "");
    return /^[+-]?\d+(\.\d+)?$/.test(bare) ? parseFloat(bare) : null;
  }

  function compareTexts(one, other) {
    var a = asNumber(one), b = asNumber(other);
    if (a !== null && b !== null) { return a - b; }
    if (a !== null || b !== null) { return a !== null ? -1 : 1; }
    return one.localeCompare(other, "zh");
  }

  function isMissing(text) { return text === "" || text === "—"; }

  function sortBy(table, column, descending) {
    var body = table.tBodies[0], rows = Array.prototype.slice.call(body.rows);
    rows.sort(function (one, other) {
      var a = cellText(one.cells[column]), b = cellText(other.cells[column]);
      if (isMissing(a) || isMissing(b)) { return isMissing(a) - isMissing(b); }
      return descending ? compareTexts(b, a) : compareTexts(a, b);
    });
    rows.forEach(function (row) { body.appendChild(row); });
  }

  function makeSortable(table) {
    var head = table.tHead;
    if (!head || !table.tBodies[0] || head.rows.length !== 1) { return; }
    Array.prototype.forEach.call(head.rows[0].cells, function (cell, column) {
      if (cell.dataset.sort === "none" || !cell.textContent.trim() || cell.colSpan > 1) { return; }
      var button = document.createElement("button");
      button.type = "button";
      button.className = "sort-button";
      button.title = say(words.sort, {column: cell.textContent.trim()});
      while (cell.firstChild) { button.appendChild(cell.firstChild); }
      cell.appendChild(button);
      button.addEventListener("click", function () {
        var descending = cell.getAttribute("aria-sort") === "ascending";
        Array.prototype.forEach.call(head.rows[0].cells, function (other) { other.removeAttribute("aria-sort"); });
        cell.setAttribute("aria-sort", descending ? "descending" : "ascending");
        sortBy(table, column, descending);
      });
    });
  }

  function shownRows(table) {
    return Array.prototype.filter.call(table.tBodies[0] ? table.tBodies[0].rows : [], function (row) { return !row.hidden; });
  }

  function filterRows(table, wanted, count) {
    var rows = table.tBodies[0] ? table.tBodies[0].rows : [];
    Array.prototype.forEach.call(rows, function (row) {
      row.hidden = wanted !== "" && row.textContent.toLowerCase().indexOf(wanted) < 0;
    });
    count.textContent = wanted === "" ? "" : say(words.rows, {shown: shownRows(table).length, all: rows.length});
  }

  function rowTexts(row) {
    var texts = [];
    Array.prototype.forEach.call(row.cells, function (cell) {
      if (cell.dataset.exportSkip !== undefined) { return; }
      texts.push(cellText(cell));
      for (var extra = 1; extra < cell.colSpan; extra += 1) { texts.push(""); }
    });
    return texts;
  }

  function exportTable(table) {
    var form = document.createElement("form"), head = table.tHead ? Array.prototype.map.call(table.tHead.rows, rowTexts) : [];
    var title = table.dataset.export || (table.caption && table.caption.textContent.trim()) || document.title;
    form.method = "post";
    form.action = words.export;
    form.hidden = true;
    var fields = {
      table: JSON.stringify({name: title, head: head, rows: shownRows(table).map(rowTexts)}),
      csrfmiddlewaretoken: JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"]
    };
    Object.keys(fields).forEach(function (name) {
      var input = document.createElement("textarea");
      input.name = name;
      input.value = fields[name];
      form.appendChild(input);
    });
    document.body.appendChild(form);
    form.submit();
    form.remove();
  }

  var numbered = 0;

  function labelled(input, text, before) {
    var label = document.createElement("label"), caption = document.createElement("span");
    caption.textContent = text;
    numbered += 1;
    input.id = "tool-" + numbered;
    label.htmlFor = input.id;
    if (before) { caption.className = "visually-hidden"; label.append(caption, input); } else { label.append(input, " ", caption); }
    return label;
  }

  function tools(table, wrap) {
    var bar = document.createElement("div"), search = document.createElement("input"), count = document.createElement("span");
    bar.className = "table-tools d-print-none";
    search.type = "search";
    search.className = "form-control form-control-sm";
    search.placeholder = words.filter;
    count.setAttribute("role", "status");
    search.addEventListener("input", function () { filterRows(table, search.value.trim().toLowerCase(), count); });
    var freeze = document.createElement("input");
    freeze.type = "checkbox";
    freeze.checked = true;
    freeze.addEventListener("change", function () { wrap.classList.toggle("frozen", freeze.checked); });
    bar.append(labelled(search, words.filter, true), count, labelled(freeze, words.freeze, false));
    if (words.export) {
      var button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-sm btn-outline-secondary";
      button.textContent = words.xlsx;
      button.addEventListener("click", function () { exportTable(table); });
      bar.appendChild(button);
    }
    return bar;
  }

  function dressTable(table) {
    if (table.dataset.dressed) { return; }
    table.dataset.dressed = "yes";
    var wrap = document.createElement("div");
    wrap.className = "table-wrap frozen";
    wrap.tabIndex = 0;
    wrap.setAttribute("role", "region");
    wrap.setAttribute("aria-label", (table.caption && table.caption.textContent.trim()) || table.dataset.export || document.title);
    table.parentNode.insertBefore(wrap, table);
    wrap.parentNode.insertBefore(tools(table, wrap), wrap);
    wrap.appendChild(table);
    table.querySelectorAll("td, tbody th").forEach(function (cell) {
      if (/^[\d\-/.:Q ]{4,16}$/.test(cell.textContent.trim())) { cell.classList.add("text-nowrap"); }
    });
    makeSortable(table);
  }

  // Charts: the option stands in a JSON block; the library comes only where a chart is.

  var library = null;

  function withLibrary(then) {
    if (window.echarts) { then(); return; }
    if (!library) {
      library = document.createElement("script");
      library.src = words.echarts;
      document.head.appendChild(library);
    }
    library.addEventListener("load", then);
  }

  function drawChart(place) {
    if (place.dataset.drawn) { return; }
    place.dataset.drawn = "yes";
    withLibrary(function () {
      var option = JSON.parse(document.getElementById(place.dataset.option).textContent);
      var dark = place.closest(".screen") !== null;
      var chart = window.echarts.init(place, dark ? "dark" : null, {renderer: "svg"});
      option.textStyle = Object.assign({fontFamily: getComputedStyle(document.body).fontFamily}, option.textStyle);
      if (dark) { option.backgroundColor = "transparent"; }
      if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) { option.animation = false; }
      chart.setOption(option);
      window.addEventListener("resize", function () { chart.resize(); });
    });
  }

  // On paper a drawing shrinks with its place; on the screen it is drawn anew.
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll(".chart svg").forEach(function (drawing) {
      drawing.setAttribute("viewBox", "0 0 " + drawing.getAttribute("width") + " " + drawing.getAttribute("height"));
    });
  });
  window.addEventListener("afterprint", function () {
    document.querySelectorAll(".chart svg").forEach(function (drawing) { drawing.removeAttribute("viewBox"); });
  });

  // Forms: ask before what cannot be undone, never send twice, warn before typed text is lost.

  document.addEventListener("submit", function (event) {
    var form = event.target, asked = (event.submitter && event.submitter.dataset.confirm) || form.dataset.confirm;
    if (asked && !window.confirm(asked)) { event.preventDefault(); event.stopPropagation(); return; }
    delete form.dataset.touched;
  }, true);

  document.addEventListener("input", function (event) {
    var form = event.target.form;
    if (form && form.dataset.warnUnsaved !== undefined) { form.dataset.touched = "yes"; }
  });

  window.addEventListener("beforeunload", function (event) {
    if (document.querySelector("form[data-touched]")) { event.preventDefault(); event.returnValue = words.leave; }
  });

  document.addEventListener("change", function (event) {
    if (event.target.dataset.submitOnChange !== undefined) { event.target.form.submit(); }
  });

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-print]");
    if (button) { window.print(); }
  });

  // Fragments: say what went wrong; a signed-out fragment leads to the sign-in page.

  function tell(text) {
    var place = document.getElementById("messages");
    if (!place) { window.alert(text); return; }
    var note = document.createElement("div");
    note.className = "alert alert-danger";
    note.setAttribute("role", "alert");
    note.textContent = text;
    place.appendChild(note);
    note.scrollIntoView({block: "nearest"});
  }

  document.addEventListener("htmx:responseError", function (event) {
    tell(event.detail.xhr.status === 403 ? words.refused : words.failed);
  });
  document.addEventListener("htmx:sendError", function () { tell(words.offline); });
  document.addEventListener("htmx:beforeSwap", function (event) {
    if (/^\s*<!doctype/i.test(event.detail.serverResponse || "") && event.detail.target !== document.body) {
      event.detail.shouldSwap = false;
      window.location.reload();
    }
  });

  function dress(root) {
    root.querySelectorAll("table.data-table").forEach(dressTable);
    root.querySelectorAll(".chart[data-option]").forEach(drawChart);
  }

  document.addEventListener("htmx:afterSettle", function () { dress(document); });
  dress(document);
}());
