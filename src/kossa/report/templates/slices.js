"use strict";
(function () {
  var slider = document.getElementById("slider"), range = document.getElementById("time"), told = document.getElementById("when");
  var films = document.querySelectorAll(".frames");
  if (!slider || !range || !films.length) { return; }
  var show = function (n) {
    films.forEach(function (film) {
      film.querySelectorAll(".frame").forEach(function (frame, i) { frame.hidden = i !== n; });
    });
    var now = films[0].querySelectorAll(".frame")[n];
    told.textContent = now.getAttribute("data-when");
    range.setAttribute("aria-valuetext", now.getAttribute("data-when"));
  };
  var last = films[0].querySelectorAll(".frame").length - 1;
  range.max = String(last);
  range.value = String(last);
  range.addEventListener("input", function () { show(Number(range.value)); });
  slider.hidden = false;
  show(last);
})();
