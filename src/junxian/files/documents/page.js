"use strict";
(function () {
  var data = JSON.parse(document.getElementById("page-data").textContent);

  function sortBy(table, index, heading) {
    var descending = heading.getAttribute("aria-sort") === "ascending";
    table.querySelectorAll("th").forEach(function (other) { other.removeAttribute("aria-sort"); });
    heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
    var body = table.tBodies[0];
    var rows = Array.prototype.slice.call(body.rows);
    function key(row) {
      var cell = row.cells[index];
      var value = cell.getAttribute("data-value");
      if (value !== null) { return Number(value); }
      var moved = /^([↑↓])(\d+)$/.exec(cell.textContent.trim());
      if (moved) { return (moved[1] === "↑" ? 1 : -1) * Number(moved[2]); }
      return cell.textContent.trim();
    }
    function empty(value) { return value === "—" || value === "/" || value === "×" || value === ""; }
    rows.sort(function (a, b) {
      var x = key(a), y = key(b);
      if (empty(x) || empty(y)) { return (empty(x) ? 1 : 0) - (empty(y) ? 1 : 0); }
      var order = typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y), data.language);
      return descending ? -order : order;
    });
    rows.forEach(function (row) { body.appendChild(row); });
  }

  document.querySelectorAll("table.sortable").forEach(function (table) {
    table.querySelectorAll("thead button").forEach(function (button) {
      button.addEventListener("click", function () {
        sortBy(table, Number(button.getAttribute("data-column")), button.parentNode);
      });
    });
  });

  document.getElementById("filter").addEventListener("input", function (event) {
    var wanted = event.target.value.trim().toLowerCase();
    document.querySelectorAll("#ranking .board tbody tr").forEach(function (row) {
      row.hidden = wanted !== "" && row.textContent.toLowerCase().indexOf(wanted) < 0;
    });
  });

  function openTarget() {
    var target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.tagName === "DETAILS") { target.open = true; target.scrollIntoView(); }
  }
  window.addEventListener("hashchange", openTarget);
  openTarget();

  if (typeof echarts !== "undefined") {
    data.charts.forEach(function (option, i) {
      var box = document.getElementById("chart-" + i);
      if (!box) { return; }
      box.textContent = "";
      box.style.height = box.getAttribute("data-height") + "px";
      var chart = echarts.init(box);
      option.animation = false;
      chart.setOption(option);
      window.addEventListener("resize", function () { chart.resize(); });
    });
  }
})();
