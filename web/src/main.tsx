import { render } from 'preact';
import { App } from './app.js';
import './theme.css';
import './dialogs.css';
import './engine/thinking.css';
import './play/play.css';
import './analyse/analyse.css';
import './layout.css';
import './table/table.css';
import './table/board.css';
import './table/fit.css';

render(<App />, document.getElementById('app')!);
