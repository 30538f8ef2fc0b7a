# Signs files with the key in KEY (a .pfx as base64) and PASSWORD; says so and does nothing where there is none.
#   sign.ps1 FILE...
$ErrorActionPreference = "Stop"
if (-not $env:KEY) {
    Write-Output "not signed: no key is set"
    exit 0
}
$pfx = New-TemporaryFile
try {
    [IO.File]::WriteAllBytes($pfx, [Convert]::FromBase64String($env:KEY))
    $signtool = Get-ChildItem "${env:ProgramFiles(x86)}\Windows Kits\10\bin\*\x64\signtool.exe" | Sort-Object FullName | Select-Object -Last 1
    & $signtool.FullName sign /f $pfx /p $env:PASSWORD /fd sha256 /tr http://timestamp.digicert.com /td sha256 @args
    if ($LASTEXITCODE -ne 0) { throw "signtool ended with $LASTEXITCODE" }
} finally {
    Remove-Item $pfx
}
