"""Cells Excel could not compute (错误值): error values and formulas saved without a result, blank to calamine."""

from __future__ import annotations

import io

from junxian.files.sheets.findings import Findings


def report_faulty(content: bytes, file: str, findings: Findings) -> None:
    """One finding for every error value and every formula without a stored result."""
    import openpyxl

    computed = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    written = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in written.worksheets:
        results = computed[sheet.title]
        for row in sheet.iter_rows():
            for cell in row:
                result = results[cell.coordinate]
                if result.data_type == "e":
                    findings.add(
                        (file, sheet.title, cell.coordinate), "type", "sheets.error_value", text=str(result.value)
                    )
                elif cell.data_type == "f" and result.value is None:
                    findings.add((file, sheet.title, cell.coordinate), "type", "sheets.formula_without_value")
    computed.close()
    written.close()
