@echo off
rem For Windows: starts the file of the same name beside this one, with the same arguments, and ends with its exit code.
rem cmd.exe knows this folder only in a subroutine when the caller wrote the name in quotation marks.
rem With delayed expansion on, cmd.exe would take every ! out of the arguments.
goto start
:find_folder
set "folder=%~dp0"
exit /b
:start
setlocal DisableDelayedExpansion
call :find_folder
node "%folder%codex" %*
