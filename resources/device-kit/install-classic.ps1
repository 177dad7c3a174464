# Installs the AWS IoT Greengrass nucleus (classic) with the fleet provisioning plugin on this Windows device, and proves
# at the end that the device gets AWS credentials. May be run twice: a device that has its own certificate is only tested.
# https://docs.aws.amazon.com/greengrass/v2/developerguide/fleet-provisioning.html
# unverified: this script has not run on a Windows machine yet.
[CmdletBinding()]
param(
  [Parameter(ValueFromRemainingArguments = $true)] [string[]] $Parameters = @(),  # NAME=VALUE of the provisioning template
  [string] $Root = 'C:\greengrass\v2',
  [string] $Nucleus = '',
  [string] $Plugin = '',
  [string] $NucleusSha256 = '',
  [string] $PluginSha256 = '',
  [int] $WaitSeconds = 180
)
$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 2
[Net.ServicePointManager]::SecurityProtocol = [Net.SecurityProtocolType]::Tls12
$releases = 'https://d2s8p88vqu9w66.cloudfront.net/releases'

function Stop-Install([string] $Text) { Write-Error "install: $Text"; exit 1 }

$kit = @{}
foreach ($line in Get-Content -Path (Join-Path $PSScriptRoot 'kit.env')) {
  if ($line -match "^(KIT_[A-Z_]+)='([^']*)'$") { $kit[$Matches[1]] = $Matches[2] }
}

$identity = New-Object Security.Principal.WindowsPrincipal([Security.Principal.WindowsIdentity]::GetCurrent())
if (-not $identity.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) { Stop-Install 'Run it as administrator.' }
if (-not (Get-Command java -ErrorAction SilentlyContinue)) { Stop-Install 'Java 11 or later is missing.' }
$javaVersion = cmd /c 'java -version 2>&1' | Out-String
if (-not ($javaVersion -match 'version "(\d+)') -or [int] $Matches[1] -lt 11) { Stop-Install 'Java 11 or later is needed.' }

function Test-Credentials {
  $config = Get-Content -Raw -Path (Join-Path $Root 'config\effectiveConfig.yaml')
  if (-not ($config -match '(?m)^\s*thingName:\s*"?([A-Za-z0-9:_-]+)')) { Stop-Install "No thing name yet. Look into $Root\logs\greengrass.log." }
  $thing = $Matches[1]
  if ($PSVersionTable.PSVersion.Major -lt 7) {
    Write-Output "$thing has its own certificate. To test its AWS credentials run this again in PowerShell 7: Windows PowerShell cannot read the key file."
    return
  }
  $certificate = [Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPemFile((Join-Path $Root 'thingCert.crt'), (Join-Path $Root 'privKey.key'))
  # Schannel takes a key from a key container only.
  $certificate = New-Object Security.Cryptography.X509Certificates.X509Certificate2(, $certificate.Export('Pkcs12'))
  try {
    Invoke-WebRequest -Uri "https://$($kit['KIT_CREDENTIAL_ENDPOINT'])/role-aliases/$($kit['KIT_ROLE_ALIAS'])/credentials" -Certificate $certificate -Headers @{ 'x-amzn-iot-thingname' = $thing } | Out-Null
    Write-Output "Done: $thing has its own certificate and gets AWS credentials by the role alias $($kit['KIT_ROLE_ALIAS'])."
  } catch {
    Stop-Install "$thing gets no AWS credentials: $($_.Exception.Message). 403: its IoT policy lacks iot:AssumeRoleWithCertificate; 400: the role is gone or does not trust credentials.iot.amazonaws.com."
  }
}

if (Test-Path (Join-Path $Root 'thingCert.crt')) {
  Write-Output 'This device has its own certificate already: nothing is installed again.'
  Test-Credentials
  exit 0
}

# The nucleus runs components as this user and reads its password from the LocalSystem account's credential store.
if (-not (Get-LocalUser -Name ggc_user -ErrorAction SilentlyContinue)) {
  Stop-Install 'The user ggc_user is missing. Create it and store its password for LocalSystem first: https://docs.aws.amazon.com/greengrass/v2/developerguide/fleet-provisioning.html'
}

$config = Get-Content -Raw -Path (Join-Path $PSScriptRoot 'config.yaml')
foreach ($parameter in $Parameters) {
  if ($parameter -notmatch '^([A-Za-z0-9_]+)=([A-Za-z0-9:_.@=+,-]+)$') { Stop-Install "Not a parameter: $parameter" }
  $name = $Matches[1]; $value = $Matches[2]
  if (-not $config.Contains("@$name@")) { Stop-Install "The provisioning template of this kit has no open parameter $name." }
  $config = $config.Replace("@$name@", $value)
}
$open = [regex]::Matches($config, '@[A-Za-z0-9_]+@') | ForEach-Object { $_.Value.Trim('@') } | Sort-Object -Unique
if ($open) { Stop-Install "Give a value for each of: $($open -join ' ')" }
$config = $config.Replace('C:\\greengrass\\v2', $Root.Replace('\', '\\'))

$work = Join-Path ([IO.Path]::GetTempPath()) ([IO.Path]::GetRandomFileName())
New-Item -ItemType Directory -Path $work | Out-Null
try {
  function Assert-Sum([string] $File, [string] $Expected) {
    $actual = (Get-FileHash -Algorithm SHA256 -Path $File).Hash
    if ($actual -ne $Expected) { Stop-Install "The checksum of $File is $actual, not $Expected. Nothing was installed." }
  }
  if (-not $Nucleus) { $Nucleus = Join-Path $work 'nucleus.zip'; Invoke-WebRequest -UseBasicParsing -Uri "$releases/greengrass-nucleus-latest.zip" -OutFile $Nucleus }
  if ($NucleusSha256) { Assert-Sum $Nucleus $NucleusSha256 }
  else {
    if (-not (Get-Command jarsigner -ErrorAction SilentlyContinue)) { Stop-Install 'jarsigner (of a JDK) is missing, so the nucleus cannot be verified. Install a JDK or give -NucleusSha256.' }
    if (-not ((& jarsigner -verify $Nucleus | Out-String) -match '(?m)^jar verified')) { Stop-Install 'The signature of the nucleus is not valid. Nothing was installed.' }
  }
  if (-not $Plugin) { $Plugin = Join-Path $work 'aws.greengrass.FleetProvisioningByClaim.jar'; Invoke-WebRequest -UseBasicParsing -Uri "$releases/aws-greengrass-FleetProvisioningByClaim/fleetprovisioningbyclaim-latest.jar" -OutFile $Plugin }
  if ($PluginSha256) { Assert-Sum $Plugin $PluginSha256 }

  $claims = Join-Path $Root 'claim-certs'
  New-Item -ItemType Directory -Force -Path $claims | Out-Null
  # Administrators and the system only, before the key comes.
  & icacls $claims /inheritance:r /grant:r '*S-1-5-18:(OI)(CI)F' '*S-1-5-32-544:(OI)(CI)F' | Out-Null
  foreach ($file in 'claim.pem.crt', 'claim.private.pem.key', 'AmazonRootCA1.pem') {
    Copy-Item -Force -Path (Join-Path (Join-Path $PSScriptRoot 'claim-certs') $file) -Destination $claims
  }
  Expand-Archive -Path $Nucleus -DestinationPath (Join-Path $work 'installer')
  $jar = Join-Path $work 'installer\lib\Greengrass.jar'
  if ((& java -jar $jar --version | Out-String) -match 'v([0-9][0-9.]*)') { $config = $config -replace 'version: "[0-9.]*"', "version: `"$($Matches[1])`"" }
  $file = Join-Path $work 'config.yaml'
  # Without a byte order mark, which the nucleus does not read.
  [IO.File]::WriteAllText($file, $config)
  & java "-Droot=$Root" '-Dlog.store=FILE' -jar $jar --trusted-plugin $Plugin --init-config $file --component-default-user ggc_user --setup-system-service true
  if ($LASTEXITCODE -ne 0) { Stop-Install "The installer ended with exit code $LASTEXITCODE." }
} finally {
  Remove-Item -Recurse -Force -Path $work
}

# The installer prints success even where provisioning failed: only the device's certificate tells.
for ($waited = 0; -not (Test-Path (Join-Path $Root 'thingCert.crt')); $waited++) {
  if ($waited -ge $WaitSeconds) { Stop-Install "No certificate after $WaitSeconds seconds. Look into $Root\logs\greengrass.log." }
  Start-Sleep -Seconds 1
}
Test-Credentials
