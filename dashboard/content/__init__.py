"""What is said of a measure before anybody draws it: the view of a page, findings, sentences, tables, exports."""
