"""What words say: letters, reports, codes and case forms -> findings, and deposits told in words."""
