"use strict";
(function () {
  var button = document.getElementById("copy"), text = document.getElementById("text"), told = document.getElementById("copied");
  if (button && text) {
    button.hidden = false;
    button.addEventListener("click", function () {
      var done = function () { told.textContent = "copied"; };
      var byHand = function () {
        var range = document.createRange();
        range.selectNodeContents(text);
        var chosen = window.getSelection();
        chosen.removeAllRanges();
        chosen.addRange(range);
        told.textContent = document.execCommand("copy") ? "copied" : "selected: copy it with the keyboard";
      };
      if (navigator.clipboard && window.isSecureContext) {
        navigator.clipboard.writeText(text.textContent).then(done, byHand);
      } else { byHand(); }
    });
  }
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details").forEach(function (d) { d.open = true; });
  });
})();
