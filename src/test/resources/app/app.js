document.title = "An app";
